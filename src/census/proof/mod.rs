//! Which scheme made a column's bare digests: proven by the digests of common passwords, or said to be unknown.

mod digest_table;
mod evidence;
mod hits;

pub use digest_table::proof_of_one;
pub use evidence::{CandidateHits, ShapeEvidence, ShapeVerdict};
pub use hits::Proof;
