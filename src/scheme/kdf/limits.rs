//! The memory that one hash of a login may have, by the parameters in a stored value. Its work is
//! bounded in `meter`.

use crate::scheme::value::VerifyError;

/// The most memory of an Argon2: 1 GiB.
pub(in crate::scheme) const ARGON2_MEMORY_KIB_MAX: u32 = 1 << 20;

/// More lanes than that are in no value that anybody makes.
pub(in crate::scheme) const ARGON2_PARALLELISM_MAX: u32 = 16;

/// No scheme stores a longer key.
pub(in crate::scheme) const PBKDF2_BYTES_MAX: u32 = 512;

/// 128·N·r.
const SCRYPT_BYTES_MAX: u64 = 1 << 30;

const SCRYPT_PARALLELISM_MAX: u32 = 16;

/// Refuses parameters of scrypt's kind that take more memory than a login may.
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

/// Refuses a parameter above its bound.
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
