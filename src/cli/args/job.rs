//! What `run`, `relabel` and `reset` have in common: how a job waits, is throttled and is shown.

use std::time::Duration;

use super::hours::HoursArgs;
use super::throttle::ThrottleArgs;
use super::value::span;

/// The options of every job.
#[derive(Clone, Debug, clap::Args)]
pub struct JobArgs {
    /// What throttles it.
    #[command(flatten)]
    pub throttle: ThrottleArgs,
    /// In which hours it works.
    #[command(flatten)]
    pub hours: HoursArgs,
    /// Wait so long for another run to end, or for the window to open: 60, 60s, 10m
    #[arg(long, value_name = "SECONDS", value_parser = span, default_value = "0")]
    pub wait: Duration,
    /// Close an unfinished run of another plan and begin anew
    #[arg(long)]
    pub new_run: bool,
    /// Print a line for each row: credential, key, from-scheme, action, with tabs between them, as
    /// `run --keys` takes them
    #[arg(long)]
    pub print: bool,
    /// Print events as JSON, one object a line; the last one is the outcome
    #[arg(long, conflicts_with = "quiet")]
    pub json: bool,
    /// Print nothing on success
    #[arg(short, long, conflicts_with = "print")]
    pub quiet: bool,
    /// Without a terminal: a line on the progress every so often
    #[arg(long, value_name = "TIME", value_parser = span, default_value = "10s")]
    pub interval: Duration,
}
