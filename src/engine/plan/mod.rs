//! What would be done, and why not. Writes nothing.

pub(super) mod clock_skew;
pub(super) mod cohort;
pub(super) mod dry_run;
pub(super) mod plan;
pub(super) mod preflight;
pub(super) mod refusals;
pub(super) mod relabel_count;
pub(super) mod reset;
pub(super) mod reset_count;
pub(super) mod reset_limit;
pub(super) mod reset_selection;
