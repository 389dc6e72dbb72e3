//! `reset`, as typed.

use clap::ValueEnum;
use std::path::PathBuf;

use super::job::JobArgs;
use super::proof::ProofArgs;
use super::tokens::ResetCommand;
use super::value::{class, past, reason, scheme};
use crate::engine::Mode;
use crate::policy::Age;
use crate::scheme::{Class, Scheme};

/// `reset`
#[derive(Clone, Debug, clap::Args)]
#[command(
    args_conflicts_with_subcommands = true,
    mut_arg("print", |print| print.requires("execute")),
    mut_arg("json", |json| json.help("Print JSON: what would be reset as one object, with --execute events"))
)]
pub struct ResetArgs {
    /// What else can be done about resets.
    #[command(subcommand)]
    pub command: Option<ResetCommand>,
    /// Only this credential [default: all]
    #[arg(long, value_name = "NAME")]
    pub credential: Option<String>,
    /// Everybody who has a password
    #[arg(long)]
    pub all: bool,
    /// Values of these schemes; with --wrapped what stands inside is meant
    #[arg(long, value_name = "SCHEME", value_delimiter = ';', value_parser = scheme)]
    pub scheme: Vec<Scheme>,
    /// Values of these classes: unknown, plaintext, weak, slow, strong
    #[arg(long, value_name = "CLASS", value_delimiter = ',', value_parser = class)]
    pub class: Vec<Class>,
    /// Passwords that the lists in `[known]` have
    #[arg(long)]
    pub known: bool,
    /// The last login is longer ago than this, or there never was one: 90d, 2y
    #[arg(long, value_name = "AGE", value_parser = past)]
    pub last_login_before: Option<Age>,
    /// Values that are wrapped still: nobody has logged in since
    #[arg(long)]
    pub wrapped: bool,
    /// Values that were wrapped longer ago than this and are wrapped still: 90d, 2y
    #[arg(long, value_name = "AGE", value_parser = past)]
    pub wrapped_before: Option<Age>,
    /// Rows for which this SQL condition is true
    #[arg(long, value_name = "SQL")]
    pub r#where: Option<String>,
    /// Only these users, one a line
    #[arg(long, value_name = "FILE")]
    pub users: Option<PathBuf>,
    /// Never these users, one a line
    #[arg(long, value_name = "FILE")]
    pub except_users: Option<PathBuf>,
    /// What the lines of both files are: keys as --print shows them, or logins
    #[arg(long, value_name = "WHAT", value_enum, default_value_t = ResetBy::Key)]
    pub by: ResetBy,
    /// Leave the value for the one login that must change it: sets the column `must_change` instead
    #[arg(long)]
    pub soft: bool,
    /// Why, for the ledger
    #[arg(long, value_name = "TEXT", default_value = "asked for", value_parser = reason)]
    pub reason: String,
    /// Write. Without it nothing is written
    #[arg(long, requires = "confirm")]
    pub execute: bool,
    /// How many rows are meant: where more match nothing is written
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub confirm: Option<u64>,
    /// At most so many rows, those whose users have been away longest; the next call takes the next
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=10_000_000))]
    pub limit: Option<u64>,
    /// How it is throttled and shown.
    #[command(flatten)]
    pub job: JobArgs,
    /// How schemes are proven.
    #[command(flatten)]
    pub proof: ProofArgs,
}

impl ResetArgs {
    /// Nothing is written without being asked for.
    pub fn mode(&self) -> Mode {
        if self.execute {
            Mode::Execute
        } else {
            Mode::Dry
        }
    }
}

/// What names a user in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ResetBy {
    /// The row's key.
    Key,
    /// What is typed at login.
    Login,
}
