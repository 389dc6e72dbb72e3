//! The password that is tried against every value: read from a file, or asked for on the terminal.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::Path;

use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use tokio::signal::unix::{SignalKind, signal};
use zeroize::Zeroizing;

use crate::cli::args::VerifyArgs;
use crate::cli::failure::Failure;
use crate::secret::Password;

/// The longest password. A longer file was named by mistake.
const PASSWORD_BYTES_MAX: u64 = 64 * 1024;

pub(super) fn get(args: &VerifyArgs) -> Result<Password, Failure> {
    let Some(path) = &args.password_file else {
        return ask().map_err(|error| {
            Failure::usage(
                format!("cannot ask for the password: {error}"),
                "without a terminal give --password-file FILE".to_owned(),
            )
        });
    };
    from_file(path).map_err(|error| {
        Failure::usage(
            format!("cannot read the password in {}: {error}", path.display()),
            "name a file that holds the password and nothing else; the line feed behind it does not count"
                .to_owned(),
        )
    })
}

/// The content of a file, without the line end behind it.
fn from_file(path: &Path) -> io::Result<Password> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(PASSWORD_BYTES_MAX as usize + 1));
    let read = |source: &mut dyn Read, bytes: &mut Vec<u8>| {
        source.take(PASSWORD_BYTES_MAX + 1).read_to_end(bytes)
    };
    if path == Path::new("-") {
        read(&mut io::stdin().lock(), &mut bytes)?;
    } else {
        read(&mut File::open(path)?, &mut bytes)?;
    }
    if bytes.len() as u64 > PASSWORD_BYTES_MAX {
        return Err(io::Error::other("it is longer than 64 KiB"));
    }
    Ok(Password::new(without_line_end(&bytes)))
}

/// Asks on the terminal itself, because the values may come from standard input. The terminal does
/// not show what is typed.
fn ask() -> io::Result<Password> {
    let mut terminal = File::options().read(true).write(true).open("/dev/tty")?;
    let before = tcgetattr(&terminal)?;
    restore_on_signals(terminal.try_clone()?, before.clone())?;
    terminal.write_all(b"password: ")?;
    let mut typed = Zeroizing::new(Vec::with_capacity(PASSWORD_BYTES_MAX as usize + 1));
    {
        let _silent = Silent::new(&terminal, before)?;
        BufReader::new((&terminal).take(PASSWORD_BYTES_MAX + 1)).read_until(b'\n', &mut typed)?;
    }
    terminal.write_all(b"\n")?;
    Ok(Password::new(without_line_end(&typed)))
}

/// From now on a signal that ends the command gives the terminal back as it was. Otherwise the
/// user's shell would show nothing of what is typed.
fn restore_on_signals(terminal: File, before: Termios) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let (mut interrupt, mut terminate, mut hang_up, mut quit) = {
        let _inside = runtime.enter();
        (
            signal(SignalKind::interrupt())?,
            signal(SignalKind::terminate())?,
            signal(SignalKind::hangup())?,
            signal(SignalKind::quit())?,
        )
    };
    let watch = move || {
        let number = runtime.block_on(async {
            tokio::select! {
                _ = interrupt.recv() => SignalKind::interrupt(),
                _ = terminate.recv() => SignalKind::terminate(),
                _ = hang_up.recv() => SignalKind::hangup(),
                _ = quit.recv() => SignalKind::quit(),
            }
        });
        // A terminal that has gone needs no restoring.
        tcsetattr(&terminal, OptionalActions::Now, &before).ok();
        // What a shell says of a process that a signal has ended.
        std::process::exit(128 + number.as_raw_value());
    };
    std::thread::Builder::new()
        .name("terminal".to_owned())
        .spawn(watch)?;
    Ok(())
}

/// Guard: the terminal does not show what is typed until this is dropped.
struct Silent<'a> {
    terminal: &'a File,
    before: Termios,
}

impl<'a> Silent<'a> {
    fn new(terminal: &'a File, before: Termios) -> io::Result<Self> {
        let mut silent = before.clone();
        silent.local_modes.remove(LocalModes::ECHO);
        tcsetattr(terminal, OptionalActions::Flush, &silent)?;
        Ok(Self { terminal, before })
    }
}

impl Drop for Silent<'_> {
    fn drop(&mut self) {
        // A terminal that has gone needs no restoring.
        let _ = tcsetattr(self.terminal, OptionalActions::Flush, &self.before);
    }
}

fn without_line_end(bytes: &[u8]) -> &[u8] {
    let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    bytes.strip_suffix(b"\r").unwrap_or(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_end_behind_a_password_does_not_count() {
        assert_eq!(without_line_end(b" a \n"), b" a ");
        assert_eq!(without_line_end(b"a\r\n"), b"a");
        assert_eq!(without_line_end(b"a\n\n"), b"a\n");
        assert_eq!(without_line_end(b""), b"");
    }
}
