//! `identify`, as typed.

use std::path::PathBuf;

/// `identify`
#[derive(Clone, Debug, clap::Args)]
pub struct IdentifyArgs {
    /// A file with one stored value a line [default: standard input]
    #[arg(value_name = "FILE")]
    pub file: Option<PathBuf>,
    /// Print one JSON object a line, or one for the column
    #[arg(long)]
    pub json: bool,
    /// Judge all lines together, as the values of one column
    #[arg(long)]
    pub column: bool,
}
