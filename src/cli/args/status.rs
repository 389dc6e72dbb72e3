//! `status`, as typed.

/// `status`
#[derive(Clone, Debug, clap::Args)]
pub struct StatusArgs {
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
    /// The run [default: the newest]
    #[arg(long, value_name = "ID")]
    pub run: Option<String>,
}
