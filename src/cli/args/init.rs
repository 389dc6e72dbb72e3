//! `init`, as typed.

use std::path::PathBuf;

/// `init`
#[derive(Clone, Debug, clap::Args)]
pub struct InitArgs {
    /// The environment variable that holds the database's URL
    #[arg(long, value_name = "VAR", conflicts_with_all = ["database_file", "url"])]
    pub database_env: Option<String>,
    /// The file that holds the database's URL
    #[arg(long, value_name = "PATH", conflicts_with = "url")]
    pub database_file: Option<PathBuf>,
    /// The database's URL, without a password
    #[arg(value_name = "URL")]
    pub url: Option<String>,
    /// Replace a configuration that is there already
    #[arg(long)]
    pub force: bool,
}
