//! `run`, as typed.

use std::path::PathBuf;
use std::time::Duration;

use super::proof::ProofArgs;
use super::throttle::ThrottleArgs;
use super::value::{span, threads};
use crate::engine::Mode;

/// `run`
#[derive(Clone, Debug, clap::Args)]
pub struct RunArgs {
    /// Write. Without it nothing is written
    #[arg(long)]
    pub execute: bool,
    /// Only the first N rows to change of each credential, read back and checked; then stop
    #[arg(long, value_name = "N", conflicts_with = "keys", value_parser = clap::value_parser!(u64).range(1..))]
    pub canary: Option<u64>,
    /// Only the rows whose keys stand in this file, one a line, read back and checked; then stop
    #[arg(long, value_name = "FILE")]
    pub keys: Option<PathBuf>,
    /// Stop after so many rows in this invocation
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub max_rows: Option<u64>,
    /// Stop after so long in this invocation: 90s, 30m, 6h
    #[arg(long, value_name = "TIME", value_parser = span)]
    pub max_runtime: Option<Duration>,
    /// What throttles it.
    #[command(flatten)]
    pub throttle: ThrottleArgs,
    /// Hashing threads [default: as many as the processor and the memory allow]
    #[arg(long, value_name = "N", value_parser = threads)]
    pub threads: Option<usize>,
    /// The most sweeps for rows that arrived meanwhile
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u32).range(0..=100))]
    pub sweeps: u32,
    /// Wait so long for another run to end: 60, 60s, 10m
    #[arg(long, value_name = "SECONDS", value_parser = span, default_value = "0")]
    pub wait: Duration,
    /// Close an unfinished run of another plan and begin anew
    #[arg(long)]
    pub new_run: bool,
    /// Print a line for each row: credential, key, from-scheme, action, with tabs between them, as
    /// --keys takes them
    #[arg(long)]
    pub print: bool,
    /// Print events as JSON, one object a line; the last one is the outcome
    #[arg(long, conflicts_with = "quiet")]
    pub json: bool,
    /// Print nothing on success
    #[arg(short, long, conflicts_with = "print")]
    pub quiet: bool,
    /// Exit 9 when there was nothing to do
    #[arg(long)]
    pub exit_nothing_to_do: bool,
    /// How schemes are proven.
    #[command(flatten)]
    pub proof: ProofArgs,
    /// Without a terminal: a line on the progress every so often
    #[arg(long, value_name = "TIME", value_parser = span, default_value = "10s")]
    pub interval: Duration,
}

impl RunArgs {
    /// Nothing is written without being asked for.
    pub fn mode(&self) -> Mode {
        if self.execute {
            Mode::Execute
        } else {
            Mode::Dry
        }
    }
}
