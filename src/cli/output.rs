//! Writing to standard output and standard error.
//!
//! A reader that has closed the pipe (`| head`) is no error: the rest is not written. Any other
//! lost output (a full disk behind a redirection) is an error and changes the exit code.
//!
//! Names, keys, labels, reasons and servers' words may hold characters that steer a terminal or
//! forge a log. Whatever is written here has them escaped; only [`bytes`] are data as they are, and
//! [`data`] where no terminal shows them.

use std::io::{Error, ErrorKind, IsTerminal as _, Write};
use std::sync::OnceLock;

use super::exit::Exit;
use crate::report::without_controls;

/// Whether notices for people go to standard error: warnings, and what a signal does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Notices {
    /// They are printed.
    Show,
    /// Only failures are printed.
    Hide,
}

/// Why standard output could not be written. It stays empty while all writes succeed.
static LOST: OnceLock<ErrorKind> = OnceLock::new();

/// Writes to standard output.
pub(super) fn out(text: &str) {
    bytes(without_controls(text).as_bytes());
}

/// Writes a line to standard output. False once nobody reads it any more.
pub(super) fn line(text: &str) -> bool {
    let mut stream = std::io::stdout().lock();
    let text = without_controls(text);
    report_loss(writeln!(stream, "{text}").and_then(|()| stream.flush()))
}

/// Writes bytes to standard output. False once nobody reads them any more.
pub(super) fn bytes(block: &[u8]) -> bool {
    let mut stream = std::io::stdout().lock();
    report_loss(stream.write_all(block).and_then(|()| stream.flush()))
}

/// Writes text that a program or a database reads: it gets each character as it is. A terminal
/// gets it escaped. False where it was escaped.
pub(super) fn data(text: &str) -> bool {
    if std::io::stdout().is_terminal() {
        let shown = without_controls(text);
        bytes(shown.as_bytes());
        shown == text
    } else {
        bytes(text.as_bytes());
        true
    }
}

/// Writes to standard error. A failure there can't be reported anywhere.
pub(super) fn err(text: &str) {
    let mut stream = std::io::stderr().lock();
    let _ = stream
        .write_all(without_controls(text).as_bytes())
        .and_then(|()| stream.flush());
}

/// Whether a write succeeded. The first loss that is no closed pipe is reported on standard error.
pub(super) fn report_loss(result: Result<(), Error>) -> bool {
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

/// The outcome of the command, with lost output taken into account.
pub(super) fn with_losses(exit: Exit) -> Exit {
    match LOST.get() {
        Some(_) => exit.or(Exit::Temporary),
        None => exit,
    }
}
