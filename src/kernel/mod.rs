//! Slow password hashes, many at once: bytes in, bytes out, on one thread.
//!
//! A [`Plan`] is made once a run from the parameters, an [`Arena`] once a thread, and [`hash_batch`] is called with
//! as many inputs as there are. This module knows no scheme, no stored form and no encoding, starts no thread and
//! reads no environment.

mod arena;
mod crates;
mod error;
mod plan;

pub use arena::Arena;
pub use error::KernelError;
pub use plan::{BCRYPT_INPUT_MAX, BCRYPT_OUTPUT_LEN, Params, Plan};

/// One hash to make: what is hashed, and its salt.
#[derive(Clone, Copy)]
pub struct Input<'a> {
    /// The text to hash. For bcrypt at most [`BCRYPT_INPUT_MAX`] bytes and none of them NUL; the terminating NUL that
    /// bcrypt hashes is added here.
    pub text: &'a [u8],
    /// The salt, raw.
    pub salt: &'a [u8; 16],
}

/// Hashes every input and writes the digests to `out` one after the other, each [`Plan::output_len`] bytes.
///
/// Best given a multiple of [`Plan::lockstep`] inputs. `arena` must have been made for `plan`. Nothing has been written
/// when an error comes back.
pub fn hash_batch(
    plan: &Plan,
    arena: &mut Arena,
    inputs: &[Input<'_>],
    out: &mut [u8],
) -> Result<(), KernelError> {
    let expected = inputs.len() * plan.output_len();
    if out.len() != expected {
        return Err(KernelError::OutputRoom {
            actual: out.len(),
            expected,
        });
    }
    for input in inputs {
        plan.check(input)?;
    }
    crates::hash_batch(plan, arena, inputs, out)
}

#[cfg(test)]
mod tests;
