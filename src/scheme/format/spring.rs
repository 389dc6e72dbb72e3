//! How Spring Security spells its strings behind `{id}`, and how other libraries spell scrypt.

use super::cursor::Cursor;
use super::pieces::{Encoded, Pieces, fast_hex, hex_after};
use crate::scheme::expression::Algorithm;
use crate::scheme::value::{Prf, Strength};
use crate::text;

pub(in crate::scheme) fn sha256_standard(value: &[u8]) -> Option<Pieces<'_>> {
    let pieces = hex_after(value.strip_prefix(b"{sha256}")?, 16, 32)?;
    Some(Pieces {
        strength: Strength::Rounds {
            prf: Prf::Sha256,
            rounds: STANDARD_ROUNDS,
        },
        ..pieces
    })
}

pub(in crate::scheme) fn md4(value: &[u8]) -> Option<Pieces<'_>> {
    message_digest(value.strip_prefix(b"{MD4}")?, 16)
}

pub(in crate::scheme) fn md5(value: &[u8]) -> Option<Pieces<'_>> {
    message_digest(value.strip_prefix(b"{MD5}")?, 16)
}

pub(in crate::scheme) fn sha1(value: &[u8]) -> Option<Pieces<'_>> {
    message_digest(value.strip_prefix(b"{SHA-1}")?, 20)
}

pub(in crate::scheme) fn sha256(value: &[u8]) -> Option<Pieces<'_>> {
    message_digest(value.strip_prefix(b"{SHA-256}")?, 32)
}

pub(in crate::scheme) fn pbkdf2(value: &[u8]) -> Option<Pieces<'_>> {
    let (version, rest) = pbkdf2_version(value)?;
    let salt_digits = 2 * version.salt_bytes;
    let pieces = hex_after(rest, salt_digits, 32)?;
    Some(Pieces {
        strength: Strength::Pbkdf2 {
            prf: version.prf,
            iterations: version.iterations,
        },
        setting: value.get(..value.len().checked_sub(64)?)?,
        ..pieces
    })
}

pub(in crate::scheme) fn scrypt(value: &[u8]) -> Option<Pieces<'_>> {
    let rest = value
        .strip_prefix(b"{scrypt}")
        .or_else(|| value.strip_prefix(b"{scrypt@SpringSecurity_v5_8}"))?;
    packed_scrypt(rest.strip_prefix(b"$")?)
}

pub(in crate::scheme) fn scrypt_s0(value: &[u8]) -> Option<Pieces<'_>> {
    packed_scrypt(value.strip_prefix(b"$s0$")?)
}

pub(in crate::scheme) const STANDARD_ROUNDS: u32 = 1_024;

pub(in crate::scheme) fn message_digest(rest: &[u8], bytes: usize) -> Option<Pieces<'_>> {
    let at = rest.len().checked_sub(2 * bytes)?;
    let (salt, digest) = rest.split_at_checked(at)?;
    let good = salt.is_empty()
        || salt.len() <= 130 && salt.starts_with(b"{") && salt.ends_with(b"}") && salt.len() >= 2;
    good.then(|| fast_hex(salt, digest).of_len(bytes))?
}

pub(in crate::scheme) struct Pbkdf2Version {
    pub(in crate::scheme) algorithm: Algorithm,
    pub(in crate::scheme) prf: Prf,
    pub(in crate::scheme) iterations: u32,
    pub(in crate::scheme) salt_bytes: usize,
}

pub(in crate::scheme) fn pbkdf2_version(value: &[u8]) -> Option<(Pbkdf2Version, &[u8])> {
    if let Some(rest) = value.strip_prefix(b"{pbkdf2}") {
        let version = Pbkdf2Version {
            algorithm: Algorithm::Sha1,
            prf: Prf::Sha1,
            iterations: 185_000,
            salt_bytes: 8,
        };
        return Some((version, rest));
    }
    let version = Pbkdf2Version {
        algorithm: Algorithm::Sha256,
        prf: Prf::Sha256,
        iterations: 310_000,
        salt_bytes: 16,
    };
    Some((
        version,
        value.strip_prefix(b"{pbkdf2@SpringSecurity_v5_8}")?,
    ))
}

/// log2 of N, r, p.
pub(in crate::scheme) type ScryptParams = (u32, u32, u32);

/// `e0801$salt$hash`: N's logarithm, r and p in a number of two bytes and one and one.
pub(in crate::scheme) fn packed_scrypt(rest: &[u8]) -> Option<Pieces<'_>> {
    let mut text = Cursor(rest);
    let (log_n, r, p) = packed(text.until(b'$')?)?;
    let salt = text.until(b'$')?;
    let setting = rest.get(..rest.len().checked_sub(text.0.len() + 1)?)?;
    let pieces = Pieces {
        strength: Strength::Scrypt { log_n, r, p },
        setting,
        digest: Encoded::Base64(text.0),
    };
    // The hash's length stands nowhere else, and both libraries make 32 bytes unless they are told
    // otherwise.
    let good = (8..=128).contains(&Encoded::Base64(salt).len()?);
    good.then(|| pieces.of_len(32))?
}

pub(in crate::scheme) fn packed(digits: &[u8]) -> Option<ScryptParams> {
    let number = hex_number(digits)?;
    let (log_n, r, p) = (number >> 16, (number >> 8) & 0xff, number & 0xff);
    ((1..=31).contains(&log_n) && r >= 1 && p >= 1).then_some((log_n, r, p))
}

pub(in crate::scheme) fn hex_number(digits: &[u8]) -> Option<u32> {
    if !(1..=8).contains(&digits.len()) || !text::is_hex(digits) {
        return None;
    }
    u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

/// `400$8$d$salt$hash`.
pub(in crate::scheme) fn ruby(value: &[u8]) -> Option<Pieces<'_>> {
    let at = value.iter().rposition(|byte| *byte == b'$')?;
    let setting = value.get(..at)?;
    let ((log_n, r, p), salt) = ruby_setting(setting)?;
    let pieces = Pieces {
        strength: Strength::Scrypt { log_n, r, p },
        setting,
        digest: Encoded::Hex(value.get(at + 1..)?),
    };
    let good = (16..=128).contains(&salt.len()) && Encoded::Hex(salt).len().is_some();
    good.then(|| pieces.of_len(32))?
}

pub(in crate::scheme) fn ruby_setting(setting: &[u8]) -> Option<(ScryptParams, &[u8])> {
    let mut text = Cursor(setting);
    let n = hex_number(text.until(b'$')?)?;
    let r = hex_number(text.until(b'$')?)?;
    let p = hex_number(text.until(b'$')?)?;
    let good = n.is_power_of_two() && n >= 2 && r >= 1 && p >= 1;
    good.then_some(((n.ilog2(), r, p), text.0))
}
