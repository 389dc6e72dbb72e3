//! The kernel that is other people's work: the `argon2` crate with its memory kept, and the `bcrypt` crate.

use argon2::{Algorithm, Argon2, Version};
use zeroize::Zeroize;

use super::{Arena, BCRYPT_INPUT_MAX, BCRYPT_OUTPUT_LEN, Input, KernelError, Params, Plan};

/// Hashes inputs that were checked, one after the other.
pub(super) fn hash_batch(
    plan: &Plan,
    arena: &mut Arena,
    inputs: &[Input<'_>],
    out: &mut [u8],
) -> Result<(), KernelError> {
    match plan.params() {
        Params::Argon2id {
            memory_kib,
            iterations,
            parallelism,
            output_len,
        } => {
            let params = argon2::Params::new(memory_kib, iterations, parallelism, Some(output_len))
                .expect("a plan's parameters are within Argon2's own range");
            let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
            let blocks = arena.blocks(plan)?;
            for (input, digest) in inputs.iter().zip(out.chunks_exact_mut(output_len)) {
                argon2
                    .hash_password_into_with_memory(input.text, input.salt, digest, &mut *blocks)
                    .expect("lengths and memory were checked");
            }
        }
        Params::Bcrypt { cost } => {
            for (input, digest) in inputs.iter().zip(out.chunks_exact_mut(BCRYPT_OUTPUT_LEN)) {
                let mut key = [0; BCRYPT_INPUT_MAX + 1];
                key[..input.text.len()].copy_from_slice(input.text);
                let raw = bcrypt::bcrypt(cost, *input.salt, &key[..=input.text.len()]);
                digest.copy_from_slice(&raw[..BCRYPT_OUTPUT_LEN]);
                key.zeroize();
            }
        }
    }
    Ok(())
}
