//! `bench`, as typed.

use std::time::Duration;

use super::value::{span, threads};

/// `bench`
#[derive(Clone, Debug, clap::Args)]
pub struct BenchArgs {
    /// Say how long a table of so many rows would take
    #[arg(long, value_name = "N", default_value_t = 1_000_000)]
    pub rows: u64,
    /// Measure each hash for so long
    #[arg(long, value_name = "SECONDS", value_parser = span, default_value = "1")]
    pub seconds: Duration,
    /// Hash on so many threads [default: as many as there are processors]
    #[arg(long, value_name = "N", value_parser = threads)]
    pub threads: Option<usize>,
    /// Measure the configuration's target alone
    #[arg(long)]
    pub target_only: bool,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}
