//! Finds the salted scheme that made a column's digests. It tries common passwords under every
//! scheme of their shape, with every salt and name that may have taken part, on a sample of rows.
//!
//! The work is cut into units of one row each, so that a caller with threads and a clock can share
//! it out. Nothing here has either.
//!
//! The rule is that of [`crate::census::Proof`], with one addition. Two ways can give the same
//! digest of a row: its login is its e-mail address, its name is in lower case, or somebody chose
//! `12345` under the id 6. Such a row speaks for neither way against the other.

mod hypothesis;

mod evidence;

mod rounds;

mod canary;

mod probe;

pub use canary::open_with;
pub use evidence::{TrialEvidence, TrialVerdict, TrialWay, WayInput};
pub use hypothesis::{Beside, Need, TrialSources};
pub use probe::{PROBE_ROWS, PROBE_WORDS, WayProbe};
pub use rounds::{Attempt, BesideValue, TRIAL_ROWS, TRIAL_WORDS, Trial, Unit};

#[cfg(test)]
mod tests;
