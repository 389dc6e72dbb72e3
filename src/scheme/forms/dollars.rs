//! `$<id>$…` of libraries and identity servers: passlib, Ory Kratos, PyCrypto's `$p5k2$`.

use super::part::{Coding, Part};
use super::reader::Reader;
use super::salted::{self, Recipe, Salted};
use crate::scheme::Scheme;
use crate::scheme::expression::Algorithm;

/// Takes a string apart.
pub(super) fn dollars(value: &[u8]) -> Option<Salted<'_>> {
    let mut text = Reader(value.strip_prefix(b"$")?);
    let id = text.until(b'$')?;
    match id {
        b"pbkdf2" | b"pbkdf2-sha1" => passlib(text, Scheme::PASSLIB_PBKDF2_SHA1, Algorithm::Sha1),
        b"pbkdf2-sha256" => passlib(text, Scheme::PASSLIB_PBKDF2_SHA256, Algorithm::Sha256),
        b"pbkdf2-sha512" => passlib(text, Scheme::PASSLIB_PBKDF2_SHA512, Algorithm::Sha512),
        b"p5k2" => p5k2(value, text),
        b"scrypt" => scrypt(text),
        _ => hmac(id.strip_prefix(b"hmac-")?, text),
    }
}

/// passlib's `$pbkdf2-sha256$29000$…$…` (passlib/handlers/pbkdf2.py): base64 without padding and with `.`, which others who write the string
/// replace by their own; an empty salt is allowed.
fn passlib(mut text: Reader<'_>, scheme: Scheme, algorithm: Algorithm) -> Option<Salted<'_>> {
    let iterations = text.number(b'$')?;
    let salt = Part::of(text.until(b'$')?, Coding::Base64Dot)?;
    let digest = Part::of(text.0, Coding::Base64Dot)?;
    salted::pbkdf2(scheme, (algorithm, iterations), salt, digest)
}

/// Two dialects of `$p5k2$<rounds in hex>$…$…`, both over SHA-1 (passlib/handlers/pbkdf2.py). Cryptacular's has salt and 20 bytes in URL-safe base64
/// with padding. Dwayne Litzenberger's has a salt of plain characters and 24 bytes; what it salts with is the string up to the hash, and
/// no rounds are 400.
fn p5k2<'v>(whole: &'v [u8], mut text: Reader<'v>) -> Option<Salted<'v>> {
    let rounds = text.until(b'$')?;
    let (salt, hash) = (text.until(b'$')?, text.0);
    let iterations = match rounds {
        b"" => 400,
        digits => hex_number(digits)?,
    };
    let algorithm = Algorithm::Sha1;
    if hash.len() == 32 && hash.last() != Some(&b'=') {
        let front = whole.len().checked_sub(hash.len() + 1)?;
        let salt = Part::of(whole.get(..front)?, Coding::Text)?;
        let hash = Part::of(hash, Coding::Base64Dot)?.exactly(24)?;
        salted::pbkdf2(
            Scheme::DLITZ_PBKDF2_SHA1,
            (algorithm, iterations),
            salt,
            hash,
        )
    } else {
        let salt = Part::of(salt, Coding::Base64Url)?;
        let hash = Part::of(hash, Coding::Base64Url)?.exactly(20)?;
        salted::pbkdf2(Scheme::CTA_PBKDF2_SHA1, (algorithm, iterations), salt, hash)
    }
}

/// `$scrypt$ln=16,r=8,p=1$…$…`. passlib's `ln` is log2 of N and its base64 has no padding; Kratos' `ln` is N itself, and its base64 is padded
/// (decodeScryptHash in hash/hash_comparator.go of ory/kratos). A digest of 32 bytes always shows whether it is padded. What is not padded and
/// no log2 can only be N.
fn scrypt(mut text: Reader<'_>) -> Option<Salted<'_>> {
    text.literal(b"ln=")?;
    let n = text.number(b',')?;
    text.literal(b"r=")?;
    let r = text.number(b',')?;
    text.literal(b"p=")?;
    let p = text.number(b'$')?;
    let (salt, hash) = (text.until(b'$')?, text.0);
    let padded = salt.last() == Some(&b'=') || hash.last() == Some(&b'=');
    let (scheme, log_n) = match salted::log_n(n) {
        Some(log_n) if padded || n > 31 => (Scheme::KRATOS_SCRYPT, log_n),
        _ => (Scheme::PASSLIB_SCRYPT, n),
    };
    let salt = Part::of(salt, Coding::Base64Dot)?;
    let hash = Part::of(hash, Coding::Base64Dot)?;
    salted::scrypt(scheme, (log_n, r, p), salt, hash)
}

/// Kratos' `$hmac-sha256$<base64 of the hex>$<base64 of the key>` (decodeHMACHash in hash/hash_comparator.go of ory/kratos).
fn hmac<'v>(name: &[u8], mut text: Reader<'v>) -> Option<Salted<'v>> {
    let algorithm = Algorithm::by_name(name).filter(|algorithm| {
        matches!(
            algorithm,
            Algorithm::Md4
                | Algorithm::Md5
                | Algorithm::Sha1
                | Algorithm::Sha224
                | Algorithm::Sha256
                | Algorithm::Sha384
                | Algorithm::Sha512
        )
    })?;
    let digest = Part::of(text.until(b'$')?, Coding::Base64Hex)?.exactly(algorithm.len())?;
    let salt = Part::of(text.0, Coding::Base64)?;
    Some(Salted {
        scheme: Scheme::KRATOS_HMAC,
        recipe: Recipe::Hmac(algorithm),
        salt,
        digest,
    })
}

/// A number in lowercase hex as its makers write it: without leading zeros.
fn hex_number(digits: &[u8]) -> Option<u32> {
    let good = (1..=8).contains(&digits.len()) && digits[0] != b'0';
    good.then_some(())?;
    digits.iter().try_fold(0_u32, |value, digit| {
        let digit = match digit {
            b'0'..=b'9' => digit - b'0',
            b'a'..=b'f' => digit - b'a' + 10,
            _ => return None,
        };
        value.checked_mul(16)?.checked_add(u32::from(digit))
    })
}
