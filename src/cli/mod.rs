//! The command line: parses the arguments, performs the command, and returns the exit code.
//!
//! This room reads the process's environment and prints. It knows no SQL and makes no hash of its
//! own.

// The ground: how a command ends, what it reads and where it prints.
pub mod exit;
pub mod failure;
pub mod restart;

mod age;
mod environment;
mod file_rights;
mod harden;
mod hours;
mod line_reader;
mod output;
mod recipient;
mod setup;
mod signals;
mod site_salts;
mod time_zone;
mod waits;

// The arguments as typed.
pub mod args;

// How a run is shown while it works.
mod progress;

// A job of the engine, as three commands have it done.
mod job;

// The commands, a file or a folder each.
pub mod commands;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser as _;

use args::Args;
use exit::Exit;

/// Parses the command line, performs it, and returns the exit code.
pub fn start(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    harden::keep_memory_private();
    say_no_values_when_panicking();
    #[cfg(feature = "failpoints")]
    if let Some(spec) = environment::variable("SALTERN_FAILPOINT") {
        crate::failpoint::arm(&spec);
    }
    let typed: Vec<OsString> = arguments.into_iter().collect();
    let exit = match Args::try_parse_from(&typed) {
        Ok(args) => std::panic::catch_unwind(|| dispatch(&args)).unwrap_or(Exit::Bug),
        Err(error) if error.use_stderr() => {
            output::err(&without_urls(error.to_string(), &typed));
            Exit::Usage
        }
        Err(help) => {
            output::report_loss(help.print());
            Exit::Done
        }
    };
    output::with_losses(exit).into()
}

fn dispatch(args: &Args) -> Exit {
    commands::perform(args).unwrap_or_else(|failure| {
        output::err(&failure.text());
        failure.exit
    })
}

/// Cuts URLs out of an error's text. The text repeats what was typed, and a URL may hold a
/// password.
fn without_urls(text: String, typed: &[OsString]) -> String {
    typed
        .iter()
        .filter_map(|argument| argument.to_str())
        .filter_map(|argument| Some((argument, argument.find("://")?)))
        .fold(text, |text, (argument, at)| {
            text.replace(argument, &format!("{}://...", &argument[..at]))
        })
}

/// Installs a panic hook that prints the place alone. A panic's message may quote a value: one
/// about a slice inside a character does.
fn say_no_values_when_panicking() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic
            .location()
            .map_or_else(|| "an unknown place".to_owned(), ToString::to_string);
        output::err(&format!(
            "saltern: a bug, at {place} in version {}\nwhat to do: {}\n",
            env!("CARGO_PKG_VERSION"),
            Exit::Bug.facts().what_to_do
        ));
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_that_was_typed_by_mistake_is_not_repeated() {
        let typed = ["saltern", "scan", "postgres://u:s3cret@h/db"].map(OsString::from);
        let error = Args::try_parse_from(&typed).unwrap_err();
        assert!(error.to_string().contains("s3cret"));
        let shown = without_urls(error.to_string(), &typed);
        assert!(
            !shown.contains("s3cret") && shown.contains("postgres://..."),
            "{shown}"
        );
    }
}
