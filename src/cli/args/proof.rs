//! How schemes are proven, as typed. `scan`, `plan`, `run` and `reset` have these
//! options.

use std::time::Duration;

use super::value::span;

/// How schemes are proven, the same for whoever looks at the columns.
#[derive(Clone, Debug, clap::Args)]
pub struct ProofArgs {
    /// Try common passwords, and the first words of `[known]`, on salted digests for so long,
    /// and the twenty most common ones in any case
    #[arg(long, value_name = "SECONDS", value_parser = span, default_value = "30")]
    pub proof_seconds: Duration,
    /// Prove the scheme by an account whose password is known: it stands in the file
    #[arg(long, value_name = "LOGIN:FILE")]
    pub canary_login: Option<String>,
}
