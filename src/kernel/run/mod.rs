//! The hashes on this machine: which implementation is trusted, how fast it is, and one hash at a
//! time.
//!
//! It starts no thread: what it measures or keeps is that of the thread that calls.

mod bench;
mod choice;
mod rate;
mod selftest;
mod single;
mod tune;

pub use choice::{ImplementationWarning, KernelChoice};
pub use rate::hashes_per_second;
pub use single::{OnThisThread, SingleHashes, hash_one};
