//! `demo`, as typed.

use std::path::PathBuf;

/// `demo`
#[derive(Clone, Debug, clap::Args)]
pub struct DemoArgs {
    /// The folder to build it in
    #[arg(long, value_name = "DIR", default_value = "saltern-demo")]
    pub dir: PathBuf,
    /// How many parents [default: what this machine hashes in a quarter of a minute]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(100..=10_000_000))]
    pub rows: Option<u64>,
    /// Replace a demo that is there already
    #[arg(long)]
    pub replace: bool,
}
