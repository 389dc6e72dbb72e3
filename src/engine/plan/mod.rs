//! What would be done, and why not. Writes nothing.

pub(super) mod adopt_proof; // Whether values are wraps that somebody else has made.
pub(super) mod clock_skew; // Whether the database's clock can be trusted.
pub(super) mod cohort; // The rows of a reset with a limit.
pub(super) mod job; // What follows from the job that was asked for.
pub(super) mod relabel_count; // How many values carry a label.
pub(super) mod reset_limit; // How many rows a rule may reset.
pub(super) mod reset_selection; // Lists of users into keys of rows.

pub(super) mod site; // Whether the site-wide salts are those of before.

pub(super) mod preflight; // Whether the columns are fit.
pub(super) mod refusals; // Why a run would be refused beyond that.
pub(super) mod reset_count; // How many rows a reset means.

pub(super) mod plan; // What a run would do, and how long it would take.
pub(super) mod reset; // What `saltern reset` would do.

pub(super) mod dry_run; // A run that writes nothing.
