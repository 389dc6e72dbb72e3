//! `scan`, as typed.

use clap::ValueEnum;

use super::proof::ProofArgs;

/// `scan`
#[derive(Clone, Debug, clap::Args)]
pub struct ScanArgs {
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
    /// Keep the counts in the ledger
    #[arg(long)]
    pub record: bool,
    /// Exit 20 when there are such rows
    #[arg(long, value_name = "CLASS", value_delimiter = ',')]
    pub fail_on: Vec<FailOn>,
    /// How schemes are proven.
    #[command(flatten)]
    pub proof: ProofArgs,
}

/// The rows that `--fail-on` takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FailOn {
    /// Fast digests.
    Weak,
    /// Passwords in the clear.
    Plaintext,
    /// What is not recognised.
    Unknown,
    /// What needs more than the platform's own verifier: the sidecar, or the code of its page.
    Reader,
    /// The same, where that verifier is PHP's, which reads `$6$`, `$5$`, `$1$` and DES too.
    ReaderCrypt,
}
