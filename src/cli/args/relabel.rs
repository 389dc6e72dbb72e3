//! `relabel`, as typed.

use super::job::JobArgs;
use super::proof::ProofArgs;
use crate::engine::Mode;

/// `relabel`
#[derive(Clone, Debug, clap::Args)]
pub struct RelabelArgs {
    /// The label that stands there: md5 in $argon2id--md5$...
    #[arg(
        long,
        value_name = "LABEL",
        required_unless_present = "adopt",
        requires = "to"
    )]
    pub from: Option<String>,
    /// The label that should stand there
    #[arg(long, value_name = "LABEL", requires = "from")]
    pub to: Option<String>,
    /// Label wraps that somebody else has made, such as 'bcrypt(md5(pass))', once they are proven
    #[arg(long, value_name = "WRAP", conflicts_with_all = ["from", "to"])]
    pub adopt: Option<String>,
    /// How a wrap is proven.
    #[command(flatten)]
    pub proof: ProofArgs,
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
