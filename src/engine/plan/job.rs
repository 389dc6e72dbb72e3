//! What follows for a command from the job that it was asked for: one value, made once.
//!
//! It stands in `plan`, not in `run`, so that `plan_reset` and an execution have the same digest.

use crate::config::{Settings, canonical, digest_of};
use crate::engine::event::Observer;
use crate::engine::hash::kernel::choose_kernel;
use crate::engine::request::{Job, RunOptions};
use crate::kernel::{Implementation, Kernel};
use crate::scheme::Outer;

/// What a job does, and what it needs for that.
#[derive(Clone, Debug)]
pub(crate) struct JobPlan {
    /// The canonical text of the plan.
    pub(crate) text: String,
    /// The digest of that text, by which an unfinished run is found again.
    pub(crate) digest: String,
    /// The hash for which memory is set aside.
    pub(crate) outer: Outer,
    /// Whether values are hashed. If not, pages are as large as pages may be.
    pub(crate) hashes: bool,
    /// Whether rows may be reset.
    pub(crate) may_reset: bool,
    /// Whether every rule is asked of every row, so that rows that wait can be counted.
    pub(crate) asks_every_rule: bool,
}

impl JobPlan {
    /// The plan of a job under a configuration.
    pub(crate) fn new(job: &Job, settings: &Settings) -> Self {
        let text = text_of(job, settings);
        let hashes = matches!(job, Job::Rules);
        Self {
            digest: digest_of(&text),
            text,
            outer: if hashes {
                settings.target.outer
            } else {
                // Nothing is hashed, and this one needs no memory.
                Outer::Pbkdf2Sha256 { iterations: 1 }
            },
            hashes,
            may_reset: !matches!(job, Job::Relabel(_)),
            asks_every_rule: hashes,
        }
    }

    /// The kernel and the threads that the job takes.
    pub(crate) fn kernel(
        &self,
        options: &RunOptions,
        observer: &dyn Observer,
    ) -> (Kernel, Option<usize>) {
        if self.hashes {
            let kernel = choose_kernel(options.kernel, &self.outer, observer);
            (kernel, options.threads)
        } else {
            (Implementation::Crates.into(), Some(1))
        }
    }
}

fn text_of(job: &Job, settings: &Settings) -> String {
    match job {
        Job::Rules => canonical(settings),
        Job::Relabel(relabel) => canonical(settings) + &relabel.facts(),
        // How many rows are confirmed is no part of what is meant.
        Job::Reset(request) => {
            let settings = Settings {
                rules: settings.rules.without_reset_limits(),
                ..settings.clone()
            };
            canonical(&settings) + &request.facts()
        }
    }
}
