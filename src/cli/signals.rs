//! SIGINT and SIGTERM of a job: the first asks it to stop, the second ends the process.
//!
//! The sidecar has signals of its own.

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use super::environment;
use super::exit::Exit;
use super::failure::Failure;
use super::output::{self, Notices};
use crate::engine::{Signal, Stop};
use crate::report::stamp;

/// Installs the handlers. The first signal sets `stop`.
///
/// The second signal calls `last_words` and ends the process. What is in flight is dropped, and the
/// database stays as the last commit left it.
pub(super) fn catch(
    stop: &Stop,
    notices: Notices,
    last_words: impl Fn(Exit) + Send + 'static,
) -> Result<(), Failure> {
    let mut signals = Signals::new([SIGINT, SIGTERM]).map_err(|error| Failure {
        exit: Exit::Refused,
        error: anyhow::Error::new(error).context("cannot catch signals"),
        what_to_do: None,
    })?;
    let stop = stop.clone();
    std::thread::spawn(move || {
        for (n, signal) in signals.forever().enumerate() {
            let (signal, exit) = if signal == SIGINT {
                (Signal::Interrupt, Exit::Interrupted)
            } else {
                (Signal::Terminate, Exit::Terminated)
            };
            if n > 0 {
                last_words(exit);
                std::process::exit(i32::from(exit.code()));
            }
            if notices == Notices::Show {
                let time = stamp(environment::now_ms());
                output::err(&format!(
                    "{time} stopping: what is hashed is being committed; once more drops it\n"
                ));
            }
            stop.set(signal);
        }
    });
    Ok(())
}
