//! The commands, a file or a folder each. None of them imports another.
//!
//! This file alone imports them. What two of them share is in `job/` or in the ground of the room.

pub mod doctor;
pub mod init;

mod bench;
mod control;
mod demo;
mod identify;
mod ledger;
mod plan;
mod reader;
mod relabel;
mod report;
mod reset;
mod run;
mod scan;
#[cfg(feature = "serve")]
mod serve;
mod status;
mod verify;

use std::path::Path;

use crate::cli::args::{Args, Command};
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;

/// Performs the command of a parsed command line.
pub(super) fn perform(args: &Args) -> Result<Exit, Failure> {
    let config: &Path = &args.config;
    match &args.command {
        Command::Init(args) => init::command(args, config),
        Command::Scan(args) => scan::scan(args, config),
        Command::Plan(args) => plan::plan(args, config),
        Command::Run(args) => run::run(args, config),
        Command::Reader(args) => reader::reader(args, config),
        Command::Relabel(args) => relabel::relabel(args, config),
        Command::Reset(args) => reset::reset(args, config),
        Command::Report(args) => report::report(args, config),
        Command::Control(args) => control::control(args, config),
        Command::Status(args) => status::status(args, config),
        Command::Identify(args) => identify::identify(args),
        Command::Verify(args) => verify::verify(args),
        Command::Doctor(args) => doctor::command(args, config),
        Command::Bench(args) => bench::bench(args, config),
        Command::Demo(args) => demo::demo(args, perform),
        #[cfg(feature = "serve")]
        Command::Serve(args) => serve::serve(args, config),
        Command::Ledger(args) => ledger::ledger(args, config),
    }
}
