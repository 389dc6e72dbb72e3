//! One run on many hosts: equal processes that share the chunks of a run and its duties.
//!
//! The ledger coordinates them. Which member prepares, adds a sweep or closes is a duty; its rules
//! are in `store::ledger::protocol`.

pub(crate) mod member; // A member, as its run knows it.
pub(crate) mod tally; // What a chunk left as it is.

pub(crate) mod begin; // The first member prepares, the others wait.
pub(crate) mod passes; // The passes, shared.
