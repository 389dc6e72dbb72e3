//! NetBSD's `$sha1$` (Simon Gerraty): HMAC-SHA-1 repeated, with the password as its key.

use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use zeroize::Zeroizing;

use super::base64;
use crate::scheme::expression::Algorithm;
use crate::scheme::kdf::{self, Permit};
use crate::scheme::value::VerifyError;

/// The last group has two bytes left, and takes the first one again.
const ORDER: [u8; 21] = [
    2, 1, 0, 5, 4, 3, 8, 7, 6, 11, 10, 9, 14, 13, 12, 17, 16, 15, 0, 19, 18,
];

/// Appends the hash.
pub(in crate::scheme) fn append(
    salt: &[u8],
    rounds: u32,
    password: &[u8],
    text: &mut String,
) -> Result<(), VerifyError> {
    // An HMAC is two digests, whose key was hashed before.
    let work = kdf::spend_rounds(Algorithm::Sha1, rounds.saturating_mul(2), 0)?;
    let made = if work == Permit::Compute { rounds } else { 1 };
    let keyed = Hmac::<Sha1>::new_from_slice(password).expect("HMAC takes keys of any length");
    let first = [salt, b"$sha1$", rounds.to_string().as_bytes()].concat();
    let of = |text: &[u8]| -> [u8; 20] {
        let mac = keyed.clone().chain_update(text);
        mac.finalize().into_bytes().into()
    };
    let mut last = Zeroizing::new(of(&first));
    for _ in 1..made {
        *last = of(&last[..]);
    }
    base64::push_in_order(&last[..], &ORDER, text);
    Ok(())
}
