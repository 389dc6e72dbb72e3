//! `run`, as typed.

use std::path::PathBuf;
use std::time::Duration;

use super::job::JobArgs;
use super::proof::ProofArgs;
use super::value::{join_name, span, threads};
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
    /// Share one run with every host that gives the same name [without NAME: $SALTERN_JOIN, else
    /// $SLURM_ARRAY_JOB_ID]
    #[arg(long, value_name = "NAME", num_args = 0..=1, default_missing_value = "", requires = "execute",
          conflicts_with_all = ["canary", "keys"], value_parser = join_name)]
    pub join: Option<String>,
    /// Stop after so many rows in this invocation
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub max_rows: Option<u64>,
    /// Stop after so long in this invocation: 90s, 30m, 6h
    #[arg(long, value_name = "TIME", value_parser = span)]
    pub max_runtime: Option<Duration>,
    /// How it is throttled and shown.
    #[command(flatten)]
    pub job: JobArgs,
    /// Hashing threads [default: as many as the processor and the memory allow]
    #[arg(long, value_name = "N", value_parser = threads)]
    pub threads: Option<usize>,
    /// The most sweeps for rows that arrived meanwhile
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u32).range(0..=100))]
    pub sweeps: u32,
    /// Exit 9 when there was nothing to do
    #[arg(long)]
    pub exit_nothing_to_do: bool,
    /// How schemes are proven.
    #[command(flatten)]
    pub proof: ProofArgs,
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
