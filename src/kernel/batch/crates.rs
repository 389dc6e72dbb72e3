//! The published crates: `argon2` with its memory kept, `bcrypt`, and `pbkdf2`, which uses the
//! processor's instructions for SHA-256 where it has them.

use argon2::{Algorithm, Argon2, AssociatedData, Block, ParamsBuilder, Version};
use hmac::Hmac;
use sha2::Sha256;
use zeroize::Zeroize;

use super::plan::Plan;
use crate::kernel::{BCRYPT_INPUT_MAX, BCRYPT_OUTPUT_LEN, Input, PBKDF2_OUTPUT_LEN, Params};

/// Hashes inputs that were checked, one after the other.
pub(super) fn argon2id(plan: &Plan, blocks: &mut [Block], inputs: &[Input<'_>], out: &mut [u8]) {
    let Params::Argon2id {
        memory_kib,
        iterations,
        parallelism,
        output_len,
    } = plan.params()
    else {
        unreachable!("called for a plan of Argon2id");
    };
    let params = ParamsBuilder::new()
        .m_cost(memory_kib)
        .t_cost(iterations)
        .p_cost(parallelism)
        .output_len(output_len)
        .data(
            AssociatedData::new(plan.associated_data())
                .expect("a plan's associated data is short enough"),
        )
        .build()
        .expect("a plan's parameters are within Argon2's own range");
    let argon2 =
        Argon2::new_with_secret(plan.secret(), Algorithm::Argon2id, Version::V0x13, params)
            .expect("a secret is shorter than the address space");
    for (input, digest) in inputs.iter().zip(out.chunks_exact_mut(output_len)) {
        argon2
            .hash_password_into_with_memory(input.text, input.salt, digest, &mut *blocks)
            .expect("lengths and memory were checked");
    }
}

/// Hashes inputs that were checked, one after the other.
pub(super) fn bcrypt(cost: u32, inputs: &[Input<'_>], out: &mut [u8]) {
    for (input, digest) in inputs.iter().zip(out.chunks_exact_mut(BCRYPT_OUTPUT_LEN)) {
        let mut key = [0; BCRYPT_INPUT_MAX + 1];
        key[..input.text.len()].copy_from_slice(input.text);
        let salt = input.salt.try_into().expect("the salt was checked");
        let mut raw = bcrypt::bcrypt(cost, salt, &key[..=input.text.len()]);
        digest.copy_from_slice(&raw[..BCRYPT_OUTPUT_LEN]);
        key.zeroize();
        raw.zeroize();
    }
}

/// Hashes inputs of any length, one after the other.
pub(super) fn pbkdf2_sha256(iterations: u32, inputs: &[Input<'_>], out: &mut [u8]) {
    for (input, digest) in inputs.iter().zip(out.chunks_exact_mut(PBKDF2_OUTPUT_LEN)) {
        pbkdf2::pbkdf2::<Hmac<Sha256>>(input.text, input.salt, iterations, digest)
            .expect("HMAC takes a key of any length");
    }
}
