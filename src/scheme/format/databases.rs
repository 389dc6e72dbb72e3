//! How databases spell the passwords of their own users.

use super::cursor::Cursor;
use super::pieces::{Encoded, Pieces, fast_hex, hex_after};
use crate::scheme::value::{Prf, Strength};
use crate::text;

pub(in crate::scheme) fn mssql2000(value: &[u8]) -> Option<Pieces<'_>> {
    let (value, capitals) = value.split_at_checked(54)?;
    let good = capitals.len() == 40 && text::is_hex(capitals);
    good.then(|| mssql(value, b"0x0100", 20))?
}

pub(in crate::scheme) fn mssql2005(value: &[u8]) -> Option<Pieces<'_>> {
    mssql(value, b"0x0100", 20)
}

pub(in crate::scheme) fn mssql2012(value: &[u8]) -> Option<Pieces<'_>> {
    mssql(value, b"0x0200", 64)
}

pub(in crate::scheme) fn sybase(value: &[u8]) -> Option<Pieces<'_>> {
    let rest = value.strip_prefix(b"0xc007")?;
    hex_after(rest, 16, 32)
}

pub(in crate::scheme) fn oracle10(value: &[u8]) -> Option<Pieces<'_>> {
    fast_hex(&[], value).of_len(8)
}

pub(in crate::scheme) fn postgres_md5(value: &[u8]) -> Option<Pieces<'_>> {
    fast_hex(&[], value.strip_prefix(b"md5")?).of_len(16)
}

pub(in crate::scheme) fn mysql323(value: &[u8]) -> Option<Pieces<'_>> {
    fast_hex(&[], value).of_len(8)
}

fn mssql<'v>(value: &'v [u8], mark: &[u8], bytes: usize) -> Option<Pieces<'v>> {
    // Exports and cracking tools write `0X` and the digits in either case.
    let (front, rest) = value.split_at_checked(mark.len())?;
    let marked = front.eq_ignore_ascii_case(mark);
    marked.then(|| hex_after(rest, 8, bytes))?
}

pub(in crate::scheme) const ORACLE12_ITERATIONS: u32 = 4_096;

pub(in crate::scheme) fn oracle11(value: &[u8]) -> Option<Pieces<'_>> {
    let (digest, salt) = match oracle_part(value, b"S:") {
        Some(part) if oracle_part(value, b"T:").is_none() => part.split_at_checked(40)?,
        Some(_) => return None,
        None => {
            let (digest, salt) = value.split_at_checked(40)?;
            (digest, salt.strip_prefix(b":")?)
        }
    };
    let good = salt.len() == 20 && text::is_hex(salt);
    good.then(|| fast_hex(salt, digest).of_len(20))?
}

pub(in crate::scheme) fn oracle12(value: &[u8]) -> Option<Pieces<'_>> {
    let part = oracle_part(value, b"T:").unwrap_or(value);
    let (digest, salt) = part.split_at_checked(128)?;
    let pieces = Pieces {
        strength: Strength::Pbkdf2 {
            prf: Prf::Sha512,
            iterations: ORACLE12_ITERATIONS,
        },
        ..fast_hex(salt, digest)
    };
    let good = salt.len() == 32 && text::is_hex(salt);
    good.then(|| pieces.of_len(64))?
}

/// The part of that letter of what Oracle keeps in `spare4`: `S:…;H:…;T:…`, one to three of them.
pub(in crate::scheme) fn oracle_part<'v>(value: &'v [u8], mark: &[u8]) -> Option<&'v [u8]> {
    let is_part = |part: &&[u8]| part.get(1) == Some(&b':') && part.len() <= 2 + 160;
    if !value.split(|byte| *byte == b';').all(|part| is_part(&part)) {
        return None;
    }
    value
        .split(|byte| *byte == b';')
        .find_map(|part| part.strip_prefix(mark))
}

pub(in crate::scheme) fn scram(value: &[u8]) -> Option<Pieces<'_>> {
    let rest = value.strip_prefix(b"SCRAM-SHA-256$")?;
    let mut text = Cursor(rest);
    let iterations = text.number(b':')?;
    let salt = text.until(b'$')?;
    let setting = rest.get(..rest.len().checked_sub(text.0.len() + 1)?)?;
    let (stored, server) = (text.until(b':')?, text.0);
    let digest = Encoded::Base64Twice(stored, server);
    let good = iterations >= 1
        && Encoded::Base64(salt).len()? >= 1
        && Encoded::Base64(stored).len()? == 32;
    let pieces = Pieces {
        strength: Strength::Pbkdf2 {
            prf: Prf::Sha256,
            iterations,
        },
        setting,
        digest,
    };
    good.then(|| pieces.of_len(64))?
}
