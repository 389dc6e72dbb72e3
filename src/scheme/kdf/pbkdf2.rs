//! PBKDF2, one key at a time.

use zeroize::Zeroizing;

use super::limits::{PBKDF2_BYTES_MAX, PBKDF2_ITERATIONS_MAX, at_most};
use crate::scheme::expression::Algorithm;
use crate::scheme::value::VerifyError;

/// PBKDF2 (RFC 8018) with HMAC over that function.
pub(in crate::scheme) fn pbkdf2(
    algorithm: Algorithm,
    password: &[u8],
    salt: &[u8],
    iterations: u32,
    len: usize,
) -> Result<Zeroizing<Vec<u8>>, VerifyError> {
    at_most("iterations", iterations, PBKDF2_ITERATIONS_MAX)?;
    at_most(
        "length",
        u32::try_from(len).unwrap_or(u32::MAX),
        PBKDF2_BYTES_MAX,
    )?;
    if iterations == 0 {
        return Err(VerifyError::Parameters);
    }
    let mut out = Zeroizing::new(vec![0; len]);
    algorithm.pbkdf2(password, salt, iterations, &mut out);
    Ok(out)
}
