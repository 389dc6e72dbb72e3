//! Drepper's `$5$` and `$6$`, over the crate `sha-crypt`.

use sha_crypt::Params;
use zeroize::Zeroizing;

use super::base64;
use crate::scheme::expression::Algorithm;
use crate::scheme::kdf::{self, Permit};
use crate::scheme::value::VerifyError;

/// The orders of SHA-crypt.txt (Drepper), step 22.
const ORDER_256: [u8; 32] = [
    20, 10, 0, 11, 1, 21, 2, 22, 12, 23, 13, 3, 14, 4, 24, 5, 25, 15, 26, 16, 6, 17, 7, 27, 8, 28,
    18, 29, 19, 9, 30, 31,
];

const ORDER_512: [u8; 64] = [
    42, 21, 0, 1, 43, 22, 23, 2, 44, 45, 24, 3, 4, 46, 25, 26, 5, 47, 48, 27, 6, 7, 49, 28, 29, 8,
    50, 51, 30, 9, 10, 52, 31, 32, 11, 53, 54, 33, 12, 13, 55, 34, 35, 14, 56, 57, 36, 15, 16, 58,
    37, 38, 17, 59, 60, 39, 18, 19, 61, 40, 41, 20, 62, 63,
];

/// Appends the hash of `$5$`.
pub(in crate::scheme) fn append_256(
    salt: &[u8],
    rounds: u32,
    password: &[u8],
    text: &mut String,
) -> Result<(), VerifyError> {
    let params = params(rounds)?;
    let lengths = (password.len(), salt.len());
    let made = match kdf::spend_sha_crypt(Algorithm::Sha256, rounds, lengths)? {
        Permit::Compute => Zeroizing::new(sha_crypt::sha256_crypt(password, salt, params)),
        Permit::Weigh => Zeroizing::new([0; 32]),
    };
    base64::push_in_order(&made[..], &ORDER_256, text);
    Ok(())
}

/// Appends the hash of `$6$`.
pub(in crate::scheme) fn append_512(
    salt: &[u8],
    rounds: u32,
    password: &[u8],
    text: &mut String,
) -> Result<(), VerifyError> {
    let params = params(rounds)?;
    let lengths = (password.len(), salt.len());
    let made = match kdf::spend_sha_crypt(Algorithm::Sha512, rounds, lengths)? {
        Permit::Compute => Zeroizing::new(sha_crypt::sha512_crypt(password, salt, params)),
        Permit::Weigh => Zeroizing::new([0; 64]),
    };
    base64::push_in_order(&made[..], &ORDER_512, text);
    Ok(())
}

fn params(rounds: u32) -> Result<Params, VerifyError> {
    Params::new(rounds).map_err(|_| VerifyError::Parameters)
}
