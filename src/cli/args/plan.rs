//! `plan`, as typed.

use super::proof::ProofArgs;
use super::value::threads;

/// `plan`
#[derive(Clone, Debug, clap::Args)]
pub struct PlanArgs {
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
    /// Say how long that many such machines take
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub machines: u32,
    /// Hashing threads [default: as many as the processor and the memory allow]
    #[arg(long, value_name = "N", value_parser = threads)]
    pub threads: Option<usize>,
    /// How schemes are proven.
    #[command(flatten)]
    pub proof: ProofArgs,
}
