//! What throttles a run, as typed. Every job has these options.

use std::path::PathBuf;

use super::value::{not_negative, positive};
use crate::engine::{MaxLag, ThrottleOptions};
use crate::store::{Kind, is_condition};

/// What throttles a run.
#[derive(Clone, Debug, clap::Args)]
pub struct ThrottleArgs {
    /// At most so many rows a second
    #[arg(long, value_name = "ROWS", value_parser = positive)]
    pub max_rate: Option<f64>,
    /// Wait while this file exists
    #[arg(long, value_name = "FILE")]
    pub pause_file: Option<PathBuf>,
    /// Wait while the number of --lag-query is above this
    #[arg(long, value_name = "SECONDS", requires = "lag_query", value_parser = not_negative)]
    pub max_lag: Option<f64>,
    /// A SELECT of one number, asked every second: how far the replicas lag
    #[arg(long, value_name = "SQL", requires = "max_lag", value_parser = query)]
    pub lag_query: Option<String>,
}

impl ThrottleArgs {
    /// As the engine takes it.
    pub fn options(&self) -> ThrottleOptions {
        ThrottleOptions {
            max_rate: self.max_rate,
            pause_file: self.pause_file.clone(),
            lag: self
                .lag_query
                .clone()
                .zip(self.max_lag)
                .map(|(query, max)| MaxLag { query, max }),
        }
    }
}

fn query(text: &str) -> Result<String, String> {
    if !Kind::all().into_iter().all(|kind| is_condition(kind, text)) {
        return Err(
            "must be one SELECT, its parentheses, quotes and comments closed, without a semicolon"
                .to_owned(),
        );
    }
    Ok(text.to_owned())
}
