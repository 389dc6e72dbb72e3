//! Which scheme made a column's bare digests: proven by digests of common passwords, or unknown.
//!
//! A wrong guess would lock a whole table out, so the rule is strict. One candidate has three rows
//! or more from at least two different words, and no other candidate's hits speak against it
//! (`census/weigh.rs`). The proof holds for the rows where its hits are (`census/coverage/`).

mod digest_table;
mod evidence;
mod hits;

pub use digest_table::proof_of_one;
pub use evidence::{CandidateHits, ShapeEvidence, ShapeVerdict};
pub use hits::{Proof, ProofHit};
