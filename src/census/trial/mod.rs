//! Which salted scheme made a column's digests: common passwords under every scheme of their shape, with every salt and name that may
//! have taken part, on a sample of the rows.
//!
//! What is tried is cut into units of one row each, so that whoever has threads and a clock can share them out; nothing here has
//! either. The rule is the one of [`crate::census::Proof`], with one addition: where two ways give the same digest of a row (its login is its
//! e-mail address, its name is in lower case), that row speaks for neither of them against the other.

mod hypothesis;

mod evidence;

mod rounds;

mod canary;

pub use canary::open_with;
pub use evidence::{TrialEvidence, TrialVerdict, TrialWay, WayInput};
pub use hypothesis::{Beside, Need};
pub use rounds::{Attempt, TRIAL_ROWS, TRIAL_WORDS, Trial, Unit};

#[cfg(test)]
mod tests;
