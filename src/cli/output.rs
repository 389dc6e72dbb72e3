//! Writing to the two streams. A reader that has gone away (`| head`) is no error: the rest is not written. Any other reason why
//! output is lost (a full disk behind a redirection) is one, and shows in the exit code.

use std::io::{Error, ErrorKind, Write};
use std::sync::OnceLock;

use super::exit::Exit;

/// Whether people read standard error beside the result: warnings, and what a signal does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Notices {
    /// They are printed there.
    Show,
    /// Nothing is printed but failures.
    Hide,
}

/// Why standard output could not be written, if it ever could not.
static LOST: OnceLock<ErrorKind> = OnceLock::new();

/// Writes to standard output.
pub(super) fn out(text: &str) {
    bytes(text.as_bytes());
}

/// Writes a line to standard output; false once nobody reads any more.
pub(super) fn line(text: &str) -> bool {
    let mut stream = std::io::stdout().lock();
    went(writeln!(stream, "{text}").and_then(|()| stream.flush()))
}

/// Writes a block of output; false once nobody reads any more.
pub(super) fn bytes(block: &[u8]) -> bool {
    let mut stream = std::io::stdout().lock();
    went(stream.write_all(block).and_then(|()| stream.flush()))
}

/// Writes to standard error. What can't be written there can't be reported either.
pub(super) fn err(text: &str) {
    let mut stream = std::io::stderr().lock();
    let _ = stream
        .write_all(text.as_bytes())
        .and_then(|()| stream.flush());
}

/// Whether output went where it was to go; the first time that it is lost, standard error says why.
pub(super) fn went(result: Result<(), Error>) -> bool {
    match result {
        Ok(()) => true,
        Err(error) => {
            if error.kind() != ErrorKind::BrokenPipe && LOST.set(error.kind()).is_ok() {
                err(&format!(
                    "saltern: cannot write the output: {error}\nwhat to do: {}\n",
                    Exit::Temporary.facts().what_to_do
                ));
            }
            false
        }
    }
}

/// How the command ends, given how it would have ended had its output arrived.
pub(super) fn ending(exit: Exit) -> Exit {
    match LOST.get() {
        Some(_) => exit.or(Exit::Temporary),
        None => exit,
    }
}
