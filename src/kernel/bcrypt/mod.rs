//! bcrypt (Provos and Mazières, 1999), many hashes in lockstep on one thread.

mod blowfish;
mod hash;
mod pi;

pub(crate) use blowfish::KeySchedule;
pub(crate) use hash::hash_lockstep;
