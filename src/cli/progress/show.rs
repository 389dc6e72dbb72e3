//! How a run is shown: to people, to machines, to nobody.

use std::io::IsTerminal as _;
use std::time::Duration;

/// To whom a run is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cli) enum Show {
    /// To people: a bar on a terminal, elsewhere a line at this interval.
    People(Duration),
    /// To machines, as JSON.
    Json,
    /// To people, and of waits alone.
    Waits,
    /// To nobody.
    Nothing,
}

/// The options that decide it. `json` and `quiet` exclude each other.
#[derive(Clone, Copy, Debug)]
pub(in crate::cli) struct ShowFlags {
    /// `--json`
    pub(in crate::cli) json: bool,
    /// `--quiet`
    pub(in crate::cli) quiet: bool,
    /// `--interval`
    pub(in crate::cli) interval: Duration,
}

impl Show {
    /// What the options say.
    pub(in crate::cli) fn from_flags(flags: ShowFlags) -> Self {
        match (flags.json, flags.quiet) {
            (true, _) => Self::Json,
            (false, true) => Self::Nothing,
            (false, false) => Self::People(flags.interval),
        }
    }

    /// For a command that prints its result at the end: a spinner on a terminal, elsewhere nothing
    /// but waits.
    pub(in crate::cli) fn quiet_off_a_terminal() -> Self {
        if std::io::stderr().is_terminal() {
            Self::People(Duration::MAX)
        } else {
            Self::Waits
        }
    }
}
