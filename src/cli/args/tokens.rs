//! `reset tokens`, as typed.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Subcommand, ValueEnum};

use super::help;
use super::value::life;
use crate::cli::recipient::Recipient;

/// What else can be done about resets.
#[derive(Clone, Debug, Subcommand)]
pub enum ResetCommand {
    /// Make a file with a token for everybody who was reset; writes only with --execute
    #[command(after_help = help::TOKENS)]
    Tokens(TokensArgs),
}

/// `reset tokens`
#[derive(Clone, Debug, clap::Args)]
pub struct TokensArgs {
    /// The file: created with mode 0600, never overwritten
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// JSON Lines or CSV [default: by the file's name]
    #[arg(long, value_name = "FORM", value_enum)]
    pub format: Option<TokenForm>,
    /// Encrypt it to this recipient of age; may be given several times
    #[arg(long, value_name = "AGE1...")]
    pub(in crate::cli) recipient: Vec<Recipient>,
    /// How long the tokens are good once the file is whole: 90m, 24h, at most 720h
    #[arg(long, value_name = "TIME", value_parser = life, default_value = "24h")]
    pub valid_for: Duration,
    /// Only this credential [default: all]
    #[arg(long, value_name = "NAME")]
    pub credential: Option<String>,
    /// Only those whom this run has reset [default: all]
    #[arg(long, value_name = "ID")]
    pub run: Option<String>,
    /// Void the tokens of earlier files first; without it who has a good one gets no other
    #[arg(long)]
    pub replace: bool,
    /// Write. Without it nothing is written
    #[arg(long, requires = "output")]
    pub execute: bool,
    /// Print the counts as one JSON object
    #[arg(long)]
    pub json: bool,
}

/// The form of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum TokenForm {
    /// An object a line.
    Json,
    /// Comma-separated values.
    Csv,
}
