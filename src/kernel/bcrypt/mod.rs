//! bcrypt (Provos and Mazières, 1999), many hashes in lockstep on one thread.
//!
//! It checks no input: `batch` does.

mod blowfish;
mod hash;
mod pi;

pub(crate) use blowfish::KeySchedule;
pub(crate) use hash::hash_lockstep;
