//! How MediaWiki spells its strings, also the layers of its own wrapping (includes/password of
//! wikimedia/mediawiki).

use super::cursor::{Cursor, number};
use super::pieces::{Encoded, Pieces, fast_hex, salt_and_hex};
use crate::scheme::expression::Algorithm;
use crate::scheme::value::{Prf, Strength};

pub(in crate::scheme) fn a(value: &[u8]) -> Option<Pieces<'_>> {
    fast_hex(&[], value.strip_prefix(b":A:")?).of_len(16)
}

pub(in crate::scheme) fn b(value: &[u8]) -> Option<Pieces<'_>> {
    match value.strip_prefix(b":B:") {
        Some(rest) => salt_and_hex(rest, b':', 16),
        None => match value.strip_prefix(b":A:") {
            Some(rest) => salt_and_hex(rest, b':', 16),
            None => salt_and_hex(value.strip_prefix(b"$B$")?, b'$', 16),
        },
    }
}

pub(in crate::scheme) fn pbkdf2(value: &[u8]) -> Option<Pieces<'_>> {
    let rest = value.strip_prefix(b":pbkdf2:")?;
    let (setting, digest) = before_last(rest, b':')?;
    let (params, salt) = before_last(setting, b':')?;
    pieces(setting, params, salt, digest)
}

pub(in crate::scheme) fn legacy_a(value: &[u8]) -> Option<Pieces<'_>> {
    cut_layered(value.strip_prefix(b":pbkdf2-legacyA:")?)
}

pub(in crate::scheme) fn legacy_b(value: &[u8]) -> Option<Pieces<'_>> {
    cut_layered(value.strip_prefix(b":pbkdf2-legacyB:")?)
}

/// What PBKDF2 was told.
pub(in crate::scheme) struct Pbkdf2Params {
    pub(in crate::scheme) algorithm: Algorithm,
    pub(in crate::scheme) prf: Prf,
    pub(in crate::scheme) iterations: u32,
    pub(in crate::scheme) len: usize,
}

/// `sha512:30000:64`.
pub(in crate::scheme) fn params(text: &[u8]) -> Option<Pbkdf2Params> {
    let mut text = Cursor(text);
    let (algorithm, prf) = match text.until(b':')? {
        b"sha1" => (Algorithm::Sha1, Prf::Sha1),
        b"sha256" => (Algorithm::Sha256, Prf::Sha256),
        b"sha512" => (Algorithm::Sha512, Prf::Sha512),
        _ => return None,
    };
    let iterations = text.number(b':')?;
    let len = number(text.0)? as usize;
    (iterations >= 1 && (16..=256).contains(&len)).then_some(Pbkdf2Params {
        algorithm,
        prf,
        iterations,
        len,
    })
}

pub(in crate::scheme) fn pieces<'v>(
    setting: &'v [u8],
    text: &[u8],
    salt: &[u8],
    digest: &'v [u8],
) -> Option<Pieces<'v>> {
    let params = params(text)?;
    Encoded::Base64(salt).len()?;
    let strength = Strength::Pbkdf2 {
        prf: params.prf,
        iterations: params.iterations,
    };
    Pieces {
        strength,
        setting,
        digest: Encoded::Base64(digest),
    }
    .of_len(params.len)
}

/// The pieces of a layered setting: the inner hash has no parameters of its own.
pub(in crate::scheme) struct Layers<'v> {
    pub(in crate::scheme) params: &'v [u8],
    pub(in crate::scheme) inner_salt: &'v [u8],
    pub(in crate::scheme) salt: &'v [u8],
}

pub(in crate::scheme) fn layers(setting: &[u8]) -> Option<Layers<'_>> {
    let mut text = Cursor(setting);
    text.literal(b"!")?;
    let params = text.until(b'!')?;
    let inner_salt = text.until(b'!')?;
    Some(Layers {
        params,
        inner_salt,
        salt: text.0,
    })
}

pub(in crate::scheme) fn cut_layered(rest: &[u8]) -> Option<Pieces<'_>> {
    let (setting, digest) = before_last(rest, b'!')?;
    let layers = layers(setting)?;
    pieces(setting, layers.params, layers.salt, digest)
}

/// What stands before and behind the last separator.
pub(in crate::scheme) fn before_last(text: &[u8], separator: u8) -> Option<(&[u8], &[u8])> {
    let at = text.iter().rposition(|byte| *byte == separator)?;
    Some((text.get(..at)?, text.get(at + 1..)?))
}
