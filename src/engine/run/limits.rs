//! What bounds an invocation: rows, time, the size of a page, and what its rules may reset.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::time::Instant;

use super::throttle::signal::ThrottleNews;
use super::throttle::throttle::Throttle;
use crate::config::Settings;
use crate::engine::page_limits::PAGE_ROWS_MAX;
use crate::engine::plan::reset_limit::ResetLimits;
use crate::engine::request::{RunOptions, Selection};
use crate::engine::steering::Steering;

/// What bounds an invocation.
#[derive(Debug)]
pub(crate) struct Limits {
    /// Candidates that may still be taken.
    pub(crate) rows_left: Option<u64>,
    /// Candidates that may still be taken of each credential (`--canary`).
    pub(crate) canary_left: Option<HashMap<String, u64>>,
    /// When to stop, by `--max-runtime`.
    pub(crate) until: Option<Instant>,
    /// What holds the run back.
    pub(crate) throttle: Throttle,
    /// Rows a second, as the command says.
    rate: Option<f64>,
    /// How many members of a joined run share the rate.
    members: u32,
    /// What operators order.
    steering: Rc<RefCell<Steering>>,
    /// The page's size in rows: from the measured rate, made smaller by slow commits.
    pub(crate) page_rows: usize,
    /// Whether pages are written one at a time.
    pub(crate) in_turn: bool,
    /// How many rows each rule may still reset.
    pub(crate) reset_limits: ResetLimits,
}

/// What holds an invocation back, or bounds what its rules may do.
#[derive(Debug)]
pub(crate) struct Restraints {
    pub(crate) throttle: Throttle,
    pub(crate) steering: Rc<RefCell<Steering>>,
    pub(crate) reset_limits: ResetLimits,
}

impl Limits {
    /// The page's size now: at most a second's worth of the rate.
    pub(crate) fn rows_a_page(&self) -> usize {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "clamped to a small positive number"
        )]
        match self.asked_rate() {
            Some(rate) => {
                let share = rate / f64::from(self.members);
                (self.page_rows).min(share.clamp(1.0, PAGE_ROWS_MAX as f64) as usize)
            }
            None => self.page_rows,
        }
    }

    /// The rate that holds now: by an order, or else by the command.
    pub(crate) fn asked_rate(&self) -> Option<f64> {
        let ordered = self.steering.borrow().rate().map(|(rate, _)| rate);
        ordered.or(self.rate)
    }

    /// Shares the rate with so many members of a joined run, this one among them.
    pub(crate) fn share(&mut self, members: u32) {
        self.members = members.max(1);
        self.throttle.hear(ThrottleNews::Members(self.members));
    }

    /// The limits of an invocation, where `page_rows` is what this machine hashes in the time of a
    /// page.
    pub(crate) fn new(
        options: &RunOptions,
        settings: &Settings,
        page_rows: usize,
        restraints: Restraints,
    ) -> Self {
        let canary_left = match &options.selection {
            Selection::Canary(rows) => {
                let credentials = settings.credentials.iter();
                Some(credentials.map(|c| (c.name.clone(), *rows)).collect())
            }
            _ => None,
        };
        Self {
            rows_left: options.max_rows,
            canary_left,
            until: options.max_runtime.map(|time| Instant::now() + time),
            throttle: restraints.throttle,
            rate: options.throttle.max_rate,
            members: 1,
            steering: restraints.steering,
            page_rows,
            in_turn: false,
            reset_limits: restraints.reset_limits,
        }
    }
}
