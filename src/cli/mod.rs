//! The command line: what was typed, what it means, and how it ends.

pub mod exit;
pub mod failure;

mod age;
#[cfg(any(test, not(feature = "age")))]
mod age_writer;
mod environment;
mod line_reader;
mod output;
mod recipient;
mod setup;
mod signals;

pub mod args;

mod progress;

mod job;

pub mod commands;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser as _;

use args::Args;
use exit::Exit;

/// Parses the command line, does what it says, and returns what the process exits with.
pub fn start(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
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
            output::went(help.print());
            Exit::Done
        }
    };
    output::ending(exit).into()
}

fn dispatch(args: &Args) -> Exit {
    commands::perform(args).unwrap_or_else(|failure| {
        output::err(&failure.text());
        failure.exit
    })
}

/// An error's text repeats what was typed; a URL in it may hold a password.
fn without_urls(text: String, typed: &[OsString]) -> String {
    typed
        .iter()
        .filter_map(|argument| argument.to_str())
        .filter_map(|argument| Some((argument, argument.find("://")?)))
        .fold(text, |text, (argument, at)| {
            text.replace(argument, &format!("{}://...", &argument[..at]))
        })
}

/// A panic's message may quote a value (a slice that was cut in the middle of a character does), so only its place is printed.
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
