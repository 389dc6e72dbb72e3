//! Writing to the two streams. A reader that has gone away (`| head`) is no error: the rest is not written.

use std::io::{ErrorKind, Write};

/// Writes to standard output.
pub(super) fn out(text: &str) {
    write(std::io::stdout().lock(), text);
}

/// Writes to standard error.
pub(super) fn err(text: &str) {
    write(std::io::stderr().lock(), text);
}

/// Writes a line to standard output; false once nobody reads any more.
pub(super) fn line(text: &str) -> bool {
    let mut stream = std::io::stdout().lock();
    writeln!(stream, "{text}")
        .and_then(|()| stream.flush())
        .is_ok()
}

/// What can't be written can't be reported either, but for a full disk behind a redirection: then the other stream says so.
fn write(mut stream: impl Write, text: &str) {
    match stream
        .write_all(text.as_bytes())
        .and_then(|()| stream.flush())
    {
        Ok(()) => {}
        Err(error) if error.kind() == ErrorKind::BrokenPipe => {}
        Err(error) => {
            // Nothing is left to try if this fails as well.
            let _ = writeln!(
                std::io::stderr().lock(),
                "saltern: cannot write the output: {error}"
            );
        }
    }
}
