//! `status`, as typed.

use std::time::Duration;

use super::value::span;

/// `status`
#[derive(Clone, Debug, clap::Args)]
pub struct StatusArgs {
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
    /// The run [default: the newest]
    #[arg(long, value_name = "ID")]
    pub run: Option<String>,
    /// Exit 21 where the run is unfinished and nobody has committed for so long: 5m, 2h
    #[arg(long, value_name = "TIME", value_parser = span)]
    pub stalled: Option<Duration>,
}
