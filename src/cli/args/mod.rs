//! The arguments as typed, a file a command. Values are checked one by one.
//!
//! What the arguments mean together is decided in `commands/`.

// What several commands have: examples, parsers of values, groups of options.
pub mod help;
mod value;

mod hours;
mod job;
mod proof;
mod throttle;

// The commands.
mod bench;
mod control;
mod demo;
mod doctor;
mod identify;
mod init;
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
pub mod tokens;
mod verify;

#[cfg(test)]
mod page;

use std::path::PathBuf;

use clap::{Parser, Subcommand};

pub use bench::BenchArgs;
pub use control::{ControlArgs, ControlCommand, ControlFor, OrderedNumber};
pub use demo::DemoArgs;
pub use doctor::DoctorArgs;
pub use hours::HoursArgs;
pub use identify::IdentifyArgs;
pub use init::InitArgs;
pub use job::JobArgs;
pub use ledger::{LedgerArgs, LedgerCommand};
pub use plan::PlanArgs;
pub use proof::ProofArgs;
pub use reader::{Language, ReaderArgs};
pub use relabel::RelabelArgs;
pub use report::ReportArgs;
pub use reset::{ResetArgs, ResetBy};
pub use run::RunArgs;
pub use scan::{FailOn, ScanArgs};
#[cfg(feature = "serve")]
pub use serve::ServeArgs;
pub use status::StatusArgs;
pub use throttle::ThrottleArgs;
pub use verify::VerifyArgs;

/// The whole command line.
#[derive(Debug, Parser)]
#[command(
    name = "saltern",
    version,
    about = "Finds weakly stored passwords in a user table and makes them strong",
    after_help = "Examples:
  saltern demo                          see all of it on a made-up database, in under a minute
  saltern init --database-env DATABASE_URL
  saltern scan                          what is in the columns; reads only
  saltern plan                          what would be done, and how long it takes; writes nothing
  saltern run --execute --canary 10     ten rows, then log in as one of these users
  saltern run --execute                 the rest

Exit codes are listed in docs/exit-codes.md."
)]
pub struct Args {
    /// The configuration.
    #[arg(
        short,
        long,
        global = true,
        value_name = "FILE",
        default_value = "saltern.toml"
    )]
    pub config: PathBuf,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Write a saltern.toml by looking at a database
    #[command(after_help = help::INIT)]
    Init(InitArgs),
    /// Count what is in the columns; reads only
    #[command(after_help = help::SCAN)]
    Scan(ScanArgs),
    /// Say what a run would do and how long it takes; writes nothing
    #[command(after_help = help::PLAN)]
    Plan(PlanArgs),
    /// Make the rows strong; writes only with --execute
    #[command(after_help = help::RUN)]
    Run(RunArgs),
    /// Print the code by which a login reads each label; reads only
    #[command(after_help = help::READER)]
    Reader(ReaderArgs),
    /// Put the label of wrapped values right; writes only with --execute
    #[command(after_help = help::RELABEL)]
    Relabel(RelabelArgs),
    /// Make the passwords of chosen users unusable; writes only with --execute
    #[command(after_help = help::RESET)]
    Reset(Box<ResetArgs>),
    /// Say who was reset, why and when
    #[command(after_help = help::REPORT)]
    Report(ReportArgs),
    /// Hold, stop or slow down a run from anywhere, by the ledger
    Control(ControlArgs),
    /// Show a run from the ledger
    #[command(after_help = help::STATUS)]
    Status(StatusArgs),
    /// Say what stored values may be; needs no database
    #[command(after_help = help::IDENTIFY)]
    Identify(IdentifyArgs),
    /// Say whether passwords open stored values; needs no database
    #[command(after_help = help::VERIFY)]
    Verify(VerifyArgs),
    /// Check that a run can be done here
    #[command(after_help = help::DOCTOR)]
    Doctor(DoctorArgs),
    /// Measure how fast this machine hashes; needs no database
    #[command(after_help = help::BENCH)]
    Bench(BenchArgs),
    /// Try everything on a made-up database
    #[command(after_help = help::DEMO)]
    Demo(DemoArgs),
    /// Check logins for applications in any language, over HTTP, and upgrade what they open
    #[cfg(feature = "serve")]
    #[command(after_help = help::SERVE)]
    Serve(ServeArgs),
    /// Saltern's own tables
    Ledger(LedgerArgs),
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_arguments_are_consistent() {
        Args::command().debug_assert();
    }

    #[test]
    fn every_command_has_examples() {
        for command in Args::command().get_subcommands() {
            let nested = command.get_subcommands().next().unwrap_or(command);
            assert!(nested.get_after_help().is_some(), "{}", command.get_name());
        }
    }

    #[test]
    fn a_typo_is_an_error_with_code_2() {
        let error = Args::try_parse_from(["saltern", "run", "--exceute"]).unwrap_err();
        assert_eq!(error.exit_code(), 2);
    }

    #[test]
    fn the_configuration_can_be_named_behind_the_command() {
        let args = Args::try_parse_from(["saltern", "scan", "-c", "x.toml"]).unwrap();
        assert_eq!(args.config, PathBuf::from("x.toml"));
    }

    #[test]
    fn a_canary_and_a_file_of_keys_exclude_each_other() {
        assert!(Args::try_parse_from(["saltern", "run", "--canary", "5", "--keys", "f"]).is_err());
    }
}
