//! Slow password hashes, many at once: bytes in, bytes out, on one thread.
//!
//! A [`Plan`] is made once a run from the parameters, an [`Arena`] once a thread, and [`hash_batch`] is called with
//! as many inputs as there are; [`hash_one`] is for a login. This module knows no scheme, no stored form and no encoding, starts no thread and
//! reads no environment. `docs/kernels.md` says how it is made fast, and what each trick brings.

mod arena;
mod argon2id;
mod batch;
mod bcrypt;
mod crates;
mod error;
mod pages;
mod path;
mod plan;
mod rate;
mod selftest;
mod single;

pub use arena::Arena;
pub use batch::{Input, hash_batch};
pub use error::KernelError;
pub use pages::{HugePages, huge_pages};
pub use path::{Chosen, Path, Warning};
pub use plan::{
    ASSOCIATED_DATA_MAX, BCRYPT_INPUT_MAX, BCRYPT_OUTPUT_LEN, LOCKSTEP_MAX, PBKDF2_OUTPUT_LEN,
    Params, Plan,
};
pub use rate::hashes_per_second;
pub use single::{OnThisThread, SingleHashes, hash_one};

#[cfg(test)]
mod differential;
#[cfg(test)]
mod tests;
