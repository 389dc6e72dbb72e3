//! What an invocation of `run` is asked for, as validated.

use std::sync::Arc;
use std::time::Duration;

use super::choose::Choice;
use super::pace::Pace;
use super::relabel::Relabel;
use crate::config::{Settings, canonical};
use crate::kernel::Path;
use crate::scheme::Outer;

/// Which rows a run takes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Selection {
    /// Every row.
    #[default]
    All,
    /// The first so many candidates of each credential, then stop.
    Canary(u64),
    /// The rows of these keys, then stop: one a line, the parts of a composite key separated by a tab.
    Keys(Vec<String>),
}

/// Whether a run writes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// Says what it would do.
    #[default]
    Dry,
    /// Does it.
    Execute,
}

/// What a run does with the rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Job {
    /// What the rules say.
    #[default]
    Rules,
    /// Puts the label of wrapped values right, and nothing else.
    Relabel(Relabel),
    /// Resets what the one rule matches and the choice leaves, and nothing else.
    Reset(Arc<Choice>),
}

impl Job {
    /// The canonical text of its plan.
    pub(super) fn canonical(&self, settings: &Settings) -> String {
        let text = canonical(settings);
        match self {
            Self::Rules => text,
            Self::Relabel(relabel) => text + &relabel.facts(),
            // How many are confirmed is no part of what is meant.
            Self::Reset(choice) => {
                let settings = Settings {
                    rules: settings.rules.without_brakes(),
                    ..settings.clone()
                };
                canonical(&settings) + &choice.facts()
            }
        }
    }

    /// The hash for which memory is set aside.
    pub(super) fn outer(&self, target: Outer) -> Outer {
        match self {
            Self::Rules => target,
            // Nothing is hashed, and this one needs no memory.
            Self::Relabel(_) | Self::Reset(_) => Outer::Pbkdf2Sha256 { iterations: 1 },
        }
    }
}

/// The options of a run.
#[derive(Clone, Debug)]
pub struct RunOptions {
    /// What is done.
    pub job: Job,
    /// Whether it writes.
    pub mode: Mode,
    /// Which rows.
    pub selection: Selection,
    /// Stop after so many candidates in this invocation.
    pub max_rows: Option<u64>,
    /// Stop after so long in this invocation.
    pub max_runtime: Option<Duration>,
    /// What holds it back.
    pub pace: Pace,
    /// Hashing threads; none: as many as the processor and the memory allow.
    pub threads: Option<usize>,
    /// The hash kernel; none: the fastest that passes its self-test.
    pub kernel: Option<Path>,
    /// The most sweeps after the first pass.
    pub sweeps: u32,
    /// Wait so long for another run to end.
    pub wait: Duration,
    /// Close an unfinished run of another plan and begin anew.
    pub new_run: bool,
    /// Emit an event for each row.
    pub print: bool,
}

impl Default for RunOptions {
    fn default() -> Self {
        Self {
            job: Job::Rules,
            mode: Mode::Dry,
            selection: Selection::All,
            max_rows: None,
            max_runtime: None,
            pace: Pace::default(),
            threads: None,
            kernel: None,
            sweeps: 3,
            wait: Duration::ZERO,
            new_run: false,
            print: false,
        }
    }
}
