//! Slow password hashes, many at once: bytes in, bytes out, on one thread.
//!
//! A [`Plan`] is made once a run from the parameters, an [`Arena`] once a thread, and [`hash_batch`] is called with
//! as many inputs as there are; [`hash_one`] is for a login. This module knows no scheme, no stored form and no encoding, starts no thread and
//! reads no environment. `docs/kernels.md` says how it is made fast, and what each trick brings.

mod error;
mod implementation;
mod input;
mod params;

mod argon2id;
mod bcrypt;

mod batch;

mod run;

pub use batch::{
    ASSOCIATED_DATA_MAX, Arena, HugePages, LOCKSTEP_MAX, Plan, hash_batch, huge_pages,
};
pub use error::KernelError;
pub use implementation::Implementation;
pub use input::Input;
pub use params::{BCRYPT_INPUT_MAX, BCRYPT_OUTPUT_LEN, PBKDF2_OUTPUT_LEN, Params};
pub use run::{
    ImplementationChoice, ImplementationWarning, OnThisThread, SingleHashes, hash_one,
    hashes_per_second,
};

#[cfg(test)]
mod differential;
#[cfg(test)]
mod tests;
