//! `relabel`, as typed.

use super::job::JobArgs;
use crate::engine::Mode;

/// `relabel`
#[derive(Clone, Debug, clap::Args)]
pub struct RelabelArgs {
    /// The label that stands there: md5 in $argon2id--md5$...
    #[arg(long, value_name = "LABEL")]
    pub from: String,
    /// The label that should stand there
    #[arg(long, value_name = "LABEL")]
    pub to: String,
    /// Only this credential [default: all]
    #[arg(long, value_name = "NAME")]
    pub credential: Option<String>,
    /// Write. Without it nothing is written
    #[arg(long)]
    pub execute: bool,
    /// How it is throttled and shown.
    #[command(flatten)]
    pub job: JobArgs,
}

impl RelabelArgs {
    /// Nothing is written without being asked for.
    pub fn mode(&self) -> Mode {
        if self.execute {
            Mode::Execute
        } else {
            Mode::Dry
        }
    }
}
