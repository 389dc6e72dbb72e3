//! `doctor`, as typed.

use super::value::threads;

/// `doctor`
#[derive(Clone, Debug, clap::Args)]
pub struct DoctorArgs {
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
    /// Hashing threads that the memory must suffice for
    #[arg(long, value_name = "N", value_parser = threads)]
    pub threads: Option<usize>,
}
