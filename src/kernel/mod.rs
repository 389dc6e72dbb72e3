//! Slow password hashes, many at once: bytes in, bytes out, on one thread.
//!
//! A [`Plan`] is made from the parameters once a run, and an [`Arena`] once a thread. Then
//! [`hash_batch`] is called with as many inputs as there are. [`hash_one`] is for a login.
//!
//! This module knows no scheme, no stored form and no encoding. It starts no thread and reads no
//! environment. `docs/kernels.md` says what makes it fast, and how much each step brings.

// The ground: the hashes and their parameters, what is hashed, the implementations, and an
// allocator that leaves nothing behind.
mod error;
mod implementation;
mod input;
mod params;
mod variant;
mod wiping;

// What is known of processors, and a kernel as it is asked for.
mod asked;
mod processor;

// Our own Argon2id.
mod argon2id;

// Our own bcrypt.
mod bcrypt;

// A plan, the memory of a thread, and a batch of inputs to its digests.
mod batch;

// The choice of an implementation on this machine, its speed, and single hashes.
mod run;

pub use asked::Kernel;
pub use batch::{
    ASSOCIATED_DATA_MAX, Arena, HugePages, LOCKSTEP_MAX, Plan, hash_batch, huge_pages,
};
pub use error::KernelError;
pub use implementation::Implementation;
pub use input::Input;
pub use params::{BCRYPT_INPUT_MAX, BCRYPT_OUTPUT_LEN, PBKDF2_OUTPUT_LEN, Params};
pub use run::{
    ImplementationWarning, KernelChoice, OnThisThread, SingleHashes, hash_one, hashes_per_second,
};
pub use variant::{BlockLayout, Distance, InputXor, KernelVariant, NextWrite, VariantSource};
pub use wiping::WipingAllocator;

#[cfg(test)]
mod differential;
#[cfg(test)]
mod tests;
