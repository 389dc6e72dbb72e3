//! How routers, firewalls and Macs spell their passwords.

use super::cursor::{Cursor, all, is_crypt64};
use super::pieces::{Encoded, Pieces, hex_after};
use crate::scheme::value::{Prf, Strength};
use crate::text;

pub(in crate::scheme) fn cisco4(value: &[u8]) -> Option<Pieces<'_>> {
    crypt64_pieces(Strength::Fast, &[], value)
}

pub(in crate::scheme) fn cisco8(value: &[u8]) -> Option<Pieces<'_>> {
    let strength = Strength::Pbkdf2 {
        prf: Prf::Sha256,
        iterations: CISCO8_ITERATIONS,
    };
    salted_crypt64(strength, value.strip_prefix(b"$8$")?)
}

pub(in crate::scheme) fn cisco9(value: &[u8]) -> Option<Pieces<'_>> {
    let strength = Strength::Scrypt {
        log_n: 14,
        r: 1,
        p: 1,
    };
    salted_crypt64(strength, value.strip_prefix(b"$9$")?)
}

pub(in crate::scheme) fn netscaler_sha1(value: &[u8]) -> Option<Pieces<'_>> {
    hex_after(value.strip_prefix(b"1")?, 8, 20)
}

pub(in crate::scheme) fn netscaler_sha512(value: &[u8]) -> Option<Pieces<'_>> {
    hex_after(value.strip_prefix(b"2")?, 8, 64)
}

pub(in crate::scheme) fn macos_10_4(value: &[u8]) -> Option<Pieces<'_>> {
    hex_after(value, 8, 20)
}

pub(in crate::scheme) fn macos_10_7(value: &[u8]) -> Option<Pieces<'_>> {
    hex_after(value, 8, 64)
}

pub(in crate::scheme) const CISCO8_ITERATIONS: u32 = 20_000;

pub(in crate::scheme) fn pix_pieces(value: &[u8]) -> Option<Pieces<'_>> {
    // Twelve bytes in crypt(3)'s digits.
    Pieces {
        strength: Strength::Fast,
        setting: &[],
        digest: Encoded::AsIs(value),
    }
    .of_len(16)
}

pub(in crate::scheme) fn crypt64_pieces<'v>(
    strength: Strength,
    setting: &'v [u8],
    digest: &'v [u8],
) -> Option<Pieces<'v>> {
    let pieces = Pieces {
        strength,
        setting,
        digest: Encoded::Crypt64(digest),
    };
    (digest.len() == 43).then(|| pieces.of_len(32))?
}

/// Fourteen characters of salt, taken as they are, and the hash.
pub(in crate::scheme) fn salted_crypt64(strength: Strength, rest: &[u8]) -> Option<Pieces<'_>> {
    let (salt, digest) = rest.split_at_checked(14)?;
    let digest = digest.strip_prefix(b"$")?;
    all(salt, is_crypt64).then(|| crypt64_pieces(strength, salt, digest))?
}

pub(in crate::scheme) fn macos_10_8(value: &[u8]) -> Option<Pieces<'_>> {
    let rest = value.strip_prefix(b"$ml$")?;
    let mut text = Cursor(rest);
    let iterations = text.number(b'$')?;
    let salt = text.until(b'$')?;
    let setting = rest.get(..rest.len().checked_sub(text.0.len() + 1)?)?;
    let (digest, more) = text.0.split_at_checked(128)?;
    let pieces = Pieces {
        strength: Strength::Pbkdf2 {
            prf: Prf::Sha512,
            iterations,
        },
        setting,
        digest: Encoded::Hex(digest),
    };
    let good = iterations >= 1
        && (16..=128).contains(&salt.len())
        && Encoded::Hex(salt).len().is_some()
        && matches!(more.len(), 0 | 128)
        && text::is_hex(more);
    good.then(|| pieces.of_len(64))?
}
