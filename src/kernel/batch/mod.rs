//! A batch of inputs to its digests, in the memory of one thread, as a plan says.
//!
//! A plan names its implementation. Which one is best, `run` says.

mod arena;
mod crates;
mod hash;
mod pages;
mod plan;

pub use arena::Arena;
pub use hash::hash_batch;
pub use pages::{HugePages, huge_pages};
pub use plan::{ASSOCIATED_DATA_MAX, LOCKSTEP_MAX, Plan};
