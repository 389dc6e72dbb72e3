//! What bounds an invocation.

use std::collections::HashMap;
use std::time::Instant;

use super::context::Execution;
use crate::engine::page_limits::PAGE_ROWS_MAX;
use crate::engine::plan::reset_limit::ResetLimits;
use crate::engine::request::Selection;
use crate::engine::run::throttle::throttle::Throttle;

/// What bounds an invocation.
#[derive(Debug)]
pub(crate) struct Limits {
    /// Candidates that may still be taken.
    pub(crate) rows_left: Option<u64>,
    /// Candidates that may still be taken of each credential (`--canary`).
    pub(crate) canary_left: Option<HashMap<String, u64>>,
    /// When to stop.
    pub(crate) until: Option<Instant>,
    /// What holds it back.
    pub(crate) throttle: Throttle,
    /// The page's size: from the measured rate, made smaller by slow commits.
    pub(crate) page_rows: usize,
    /// Whether pages are written one at a time.
    pub(crate) in_turn: bool,
    /// How many rows each rule may still reset.
    pub(crate) reset_limits: ResetLimits,
}

impl Execution<'_> {
    pub(crate) fn limits(&self, page_rows: usize, reset_limits: ResetLimits) -> Limits {
        let o = self.options;
        let canary_left = match &o.selection {
            Selection::Canary(n) => Some(
                self.session
                    .settings
                    .credentials
                    .iter()
                    .map(|c| (c.name.clone(), *n))
                    .collect(),
            ),
            _ => None,
        };
        let page_rows = match o.throttle.max_rate {
            // A page is at most a second's worth.
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "clamped to a small positive number"
            )]
            Some(rate) => page_rows.min(rate.clamp(1.0, PAGE_ROWS_MAX as f64) as usize),
            None => page_rows,
        };
        Limits {
            rows_left: o.max_rows,
            canary_left,
            until: o.max_runtime.map(|d| Instant::now() + d),
            throttle: Throttle::new(o.throttle.clone()),
            page_rows,
            in_turn: false,
            reset_limits,
        }
    }
}
