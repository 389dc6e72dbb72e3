//! The hours in which a job may work, as typed.

use crate::cli::hours::{DayTime, DayWindow};

/// In which hours a job works.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct HoursArgs {
    /// Stop at this time of the day: 06:00
    #[arg(long, value_name = "HH:MM", value_parser = day_time)]
    pub until: Option<DayTime>,
    /// Work between these times alone: 22:00-06:00. Outside of them exit 10, or wait for them as
    /// long as --wait says
    #[arg(long, value_name = "HH:MM-HH:MM", value_parser = day_window)]
    pub window: Option<DayWindow>,
    /// Whose time of the day: Europe/Berlin [default: this host's]
    #[arg(long, value_name = "ZONE")]
    pub time_zone: Option<String>,
}

fn day_time(text: &str) -> Result<DayTime, String> {
    DayTime::parse(text).ok_or_else(|| "must be a time of the day such as 06:00".to_owned())
}

fn day_window(text: &str) -> Result<DayWindow, String> {
    DayWindow::parse(text)
        .ok_or_else(|| "must be two times of the day such as 22:00-06:00".to_owned())
}
