//! `report`, as typed.

/// `report`
#[derive(Clone, Debug, clap::Args)]
pub struct ReportArgs {
    /// Only this run [default: all]
    #[arg(long, value_name = "ID")]
    pub run: Option<String>,
    /// Print one JSON object for each row that was reset, and one with the sums at the end
    #[arg(long, conflicts_with = "csv")]
    pub json: bool,
    /// Print each row that was reset as comma-separated values
    #[arg(long)]
    pub csv: bool,
}
