//! How bcrypt's own strings are spelt.

use super::cursor::{all, is_crypt64};
use crate::scheme::value::Scheme;

/// The pieces of a bcrypt string that a verification needs.
#[derive(Clone, Copy)]
pub(in crate::scheme) struct BcryptForm<'v> {
    pub(in crate::scheme) cost: u32,
    pub(in crate::scheme) salt: &'v [u8],
    pub(in crate::scheme) hash: &'v [u8],
}

/// Whether it is bcrypt itself, of any prefix.
pub(in crate::scheme) fn is_bcrypt(scheme: Scheme) -> bool {
    matches!(
        scheme,
        Scheme::BCRYPT_2A | Scheme::BCRYPT_2B | Scheme::BCRYPT_2X | Scheme::BCRYPT_2Y
    )
}

impl<'v> BcryptForm<'v> {
    /// Reads what stands behind `$2b$`.
    pub(in crate::scheme) fn read(rest: &'v [u8]) -> Option<Self> {
        let (&[tens, ones, b'$'], body) = rest.split_first_chunk()? else {
            return None;
        };
        let good = tens.is_ascii_digit()
            && ones.is_ascii_digit()
            && body.len() == 53
            && all(body, is_crypt64);
        let cost = u32::from(tens.wrapping_sub(b'0')) * 10 + u32::from(ones.wrapping_sub(b'0'));
        let (salt, hash) = body.split_at_checked(22)?;
        (good && (4..=31).contains(&cost)).then_some(Self { cost, salt, hash })
    }
}
