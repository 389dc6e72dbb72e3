//! The `saltern` command: parses, dispatches, exits.

use std::process::ExitCode;

fn main() -> ExitCode {
    saltern::cli::start(std::env::args_os())
}
