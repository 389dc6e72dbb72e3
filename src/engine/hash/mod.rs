//! Threads and memory. Knows no rule, and of a row only the text that is hashed.

pub(super) mod budget; // How many threads, and how much memory.
pub(super) mod kernel; // Which kernel hashes, and its plan for a target.
pub(super) mod threads; // Threads for proofs and lists.

mod seats; // How many threads hash at once.

pub(super) mod pool; // The threads of a run: batches in, hashes out.

pub(super) mod calibrate; // How fast this machine hashes.
pub(super) mod recheck; // What was written, computed again by other code.
