//! Argon2id (RFC 9106), many hashes in lockstep on one thread. The names are the RFC's.
//!
//! It checks no parameter and no input: `params` and `batch` do.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod blake2b;
mod block;
mod compression;
mod fill;
mod hash;
mod portable;
#[cfg(target_arch = "x86_64")]
mod prefetch;
mod references;

#[cfg(target_arch = "x86_64")]
pub(crate) use avx2::Avx2;
#[cfg(target_arch = "x86_64")]
pub(crate) use avx512::Avx512;
pub(crate) use block::{BLOCK_BYTES, Block};
pub(crate) use hash::Argon2id;
pub(crate) use portable::Portable;
pub(crate) use references::{MatrixShape, References};
