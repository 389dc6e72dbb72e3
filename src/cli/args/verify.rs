//! `verify`, as typed.

use std::path::PathBuf;

/// `verify`
#[derive(Clone, Debug, clap::Args)]
pub struct VerifyArgs {
    /// A file with one stored value a line, or with --json one JSON object [default: standard
    /// input]
    #[arg(value_name = "FILE")]
    pub file: Option<PathBuf>,
    /// Read and print one JSON object a line
    #[arg(long, conflicts_with_all = ["password_file", "scheme"])]
    pub json: bool,
    /// The file that holds the password to try; - is standard input [default: ask on the terminal]
    #[arg(long, value_name = "FILE")]
    pub password_file: Option<PathBuf>,
    /// Try this scheme alone: a name, or an expression
    #[arg(long, value_name = "SCHEME")]
    pub scheme: Option<String>,
    /// The file of the application's site-wide salts, for `site` in an expression
    #[arg(long, value_name = "FILE")]
    pub site_salt_file: Option<PathBuf>,
}
