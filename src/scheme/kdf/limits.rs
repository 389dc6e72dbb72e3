//! What a login may cost at most, by the parameters in a stored value.

use crate::scheme::value::VerifyError;

/// What a login may cost at most, by the parameters in a stored value: 1 GiB, 10 passes, 16 lanes.
pub(in crate::scheme) const ARGON2_MEMORY_KIB_MAX: u32 = 1 << 20;

pub(in crate::scheme) const ARGON2_ITERATIONS_MAX: u32 = 10;

pub(in crate::scheme) const ARGON2_PARALLELISM_MAX: u32 = 16;

/// About two seconds.
pub(in crate::scheme) const BCRYPT_COST_MAX: u32 = 15;

pub(in crate::scheme) const PBKDF2_ITERATIONS_MAX: u32 = 10_000_000;

/// No scheme stores more, and every 20 to 64 of them cost all iterations again.
pub(in crate::scheme) const PBKDF2_BYTES_MAX: u32 = 512;

/// 128·N·r.
const SCRYPT_BYTES_MAX: u64 = 1 << 30;

const SCRYPT_PARALLELISM_MAX: u32 = 16;

/// The rounds of crypt(3)'s repeated digests.
pub(in crate::scheme) const CRYPT_ROUNDS_MAX: u32 = 5_000_000;

/// Refuses parameters of scrypt's kind that cost more than a login may.
pub(in crate::scheme) fn check_scrypt(log_n: u32, r: u32, p: u32) -> Result<(), VerifyError> {
    let memory = 128_u64
        .checked_mul(u64::from(r))
        .and_then(|block| block.checked_mul(1_u64.checked_shl(log_n)?))
        .filter(|bytes| *bytes <= SCRYPT_BYTES_MAX);
    if memory.is_none() {
        return Err(VerifyError::TooCostly {
            parameter: "N",
            max: (SCRYPT_BYTES_MAX / 128 / u64::from(r.max(1))) as u32,
            actual: 1_u32.checked_shl(log_n).unwrap_or(u32::MAX),
        });
    }
    at_most("p", p, SCRYPT_PARALLELISM_MAX)
}

/// Refuses what a login may not cost.
pub(in crate::scheme) fn at_most(
    parameter: &'static str,
    actual: u32,
    max: u32,
) -> Result<(), VerifyError> {
    if actual > max {
        Err(VerifyError::TooCostly {
            parameter,
            max,
            actual,
        })
    } else {
        Ok(())
    }
}
