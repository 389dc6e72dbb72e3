//! `$<id>$…` of libraries and identity servers: passlib, Ory Kratos, PyCrypto's `$p5k2$`.

use super::crypt::crypt;
use super::cursor::{Cursor, all, is_crypt64};
use super::part::{CodedBytes, Coding};
use super::recipe;
use super::recipe::{Native, Recipe, SaltedDigest};
use crate::scheme::expression::Algorithm;
use crate::scheme::value::{Prf, Scheme, Strength};

/// Takes a string apart.
pub(in crate::scheme) fn dollars(value: &[u8]) -> Option<SaltedDigest<'_>> {
    let mut text = Cursor(value.strip_prefix(b"$")?);
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

/// Takes MySQL's caching_sha2_password apart (mysys/crypt_genhash_impl.cc of mysql/mysql-server).
/// It is thousands of rounds in hex, 20 bytes of salt, which are no text, and the hash.
///
/// hashcat's spelling (mode 7401) is read too.
pub(in crate::scheme) fn caching_sha2(
    value: &[u8],
) -> Option<(&[u8], CodedBytes<'_>, CodedBytes<'_>)> {
    let (rest, end, coding, width) = match value.strip_prefix(b"$mysql$A$") {
        Some(rest) => (rest, b'*', Coding::Hex, 2),
        None => (value.strip_prefix(b"$A$")?, b'$', Coding::Text, 1),
    };
    let (rounds, rest) = rest.split_at_checked(3)?;
    let rest = rest.strip_prefix(&[end])?;
    let (salt, rest) = rest.split_at_checked(20 * width)?;
    let hash = if end == b'*' {
        rest.strip_prefix(b"*")?
    } else {
        rest
    };
    let salt = CodedBytes::of(salt, coding)?;
    let digits = CodedBytes::of(hash, coding)?.exactly(43)?;
    let good = end == b'*' || all(hash, is_crypt64);
    good.then_some((rounds, salt, digits))
}

/// The rounds of it, from three hex digits.
pub(in crate::scheme) fn thousands(digits: &[u8]) -> Option<u32> {
    let is_hex = digits.len() == 3 && digits.iter().all(u8::is_ascii_hexdigit);
    is_hex.then_some(())?;
    let thousands = u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
    (thousands >= 1).then_some(thousands * 1_000)
}

/// Reads a string of Kratos that is no digest with a salt (hash/hash_comparator.go of ory/kratos),
/// or MySQL's.
pub(in crate::scheme) fn kratos(value: &[u8], id: &[u8], rest: &[u8]) -> Option<Native> {
    let text = Cursor(rest);
    let renamed = |scheme: Scheme, id: &[u8]| Some((scheme, crypt(id, rest)?.1));
    let fast = |scheme: Scheme, algorithm: Algorithm| {
        template(text, algorithm).then_some((scheme, Strength::Fast))
    };
    match id {
        b"md5-crypt" => renamed(Scheme::KRATOS_MD5CRYPT, b"1"),
        b"sha256-crypt" => renamed(Scheme::KRATOS_SHA256CRYPT, b"5"),
        b"sha512-crypt" => renamed(Scheme::KRATOS_SHA512CRYPT, b"6"),
        b"md5" => fast(Scheme::KRATOS_MD5, Algorithm::Md5),
        b"sha1" => fast(Scheme::KRATOS_SHA, Algorithm::Sha1),
        b"sha256" => fast(Scheme::KRATOS_SHA, Algorithm::Sha256),
        b"sha512" => fast(Scheme::KRATOS_SHA, Algorithm::Sha512),
        b"firescrypt" => firescrypt(text),
        b"A" | b"mysql" => {
            let (rounds, ..) = caching_sha2(value)?;
            let rounds = thousands(rounds)?;
            let prf = Prf::Sha256;
            Some((Scheme::MYSQL_CACHING_SHA2, Strength::Rounds { prf, rounds }))
        }
        _ => None,
    }
}

/// `pf=<template>$<salt>$<digest>`, all in base64 with padding; of MD5 the digest alone too.
fn template(mut text: Cursor<'_>, algorithm: Algorithm) -> bool {
    let is_template = text.literal(b"pf=").is_some();
    if is_template {
        let mut part = || is_padded(text.until(b'$')?).then_some(());
        let (template, salt) = (part(), part());
        if template.is_none() || salt.is_none() {
            return false;
        }
    }
    (is_template || algorithm == Algorithm::Md5)
        && is_padded(text.0)
        && CodedBytes::of(text.0, Coding::Base64).is_some_and(|part| part.len() == algorithm.len())
}

/// `ln=14,r=8,p=1$<salt>$<hash>$<separator>$<signer key>`; `ln` is log2 of N here.
fn firescrypt(mut text: Cursor<'_>) -> Option<Native> {
    text.literal(b"ln=")?;
    let log_n = text.number(b',')?;
    text.literal(b"r=")?;
    let r = text.number(b',')?;
    text.literal(b"p=")?;
    let p = text.number(b'$')?;
    let (salt, hash) = (text.until(b'$')?, text.until(b'$')?);
    let (separator, signer) = (text.until(b'$')?, text.0);
    let good = [salt, hash, separator, signer].into_iter().all(is_padded)
        && (1..=31).contains(&log_n)
        && r >= 1
        && hash.len() == signer.len()
        && hash.len() >= 24;
    good.then_some((Scheme::KRATOS_FIRESCRYPT, Strength::Scrypt { log_n, r, p }))
}

/// Whether a text is base64 with all of its padding.
fn is_padded(text: &[u8]) -> bool {
    text.len().is_multiple_of(4) && CodedBytes::of(text, Coding::Base64).is_some()
}

/// passlib's `$pbkdf2-sha256$29000$…$…` (passlib/handlers/pbkdf2.py): base64 without padding and
/// with `.`.
///
/// Other writers of the string use `+`, which is read too. An empty salt is allowed.
fn passlib(mut text: Cursor<'_>, scheme: Scheme, algorithm: Algorithm) -> Option<SaltedDigest<'_>> {
    let iterations = text.number(b'$')?;
    let salt = CodedBytes::of(text.until(b'$')?, Coding::Base64Dot)?;
    let digest = CodedBytes::of(text.0, Coding::Base64Dot)?;
    recipe::pbkdf2(scheme, (algorithm, iterations), salt, digest)
}

/// Two makers' `$p5k2$<rounds in hex>$…$…`, both over SHA-1 (passlib/handlers/pbkdf2.py).
///
/// Cryptacular's has a salt and 20 bytes in URL-safe base64 with padding. Dwayne Litzenberger's has
/// a salt of plain characters and 24 bytes. It salts with the whole string up to the hash, and no
/// rounds mean 400.
fn p5k2<'v>(whole: &'v [u8], mut text: Cursor<'v>) -> Option<SaltedDigest<'v>> {
    let rounds = text.until(b'$')?;
    let (salt, hash) = (text.until(b'$')?, text.0);
    let iterations = match rounds {
        b"" => 400,
        digits => hex_number(digits)?,
    };
    let algorithm = Algorithm::Sha1;
    if hash.len() == 32 && hash.last() != Some(&b'=') {
        let front = whole.len().checked_sub(hash.len() + 1)?;
        let salt = CodedBytes::of(whole.get(..front)?, Coding::Text)?;
        let hash = CodedBytes::of(hash, Coding::Base64Dot)?.exactly(24)?;
        recipe::pbkdf2(
            Scheme::DLITZ_PBKDF2_SHA1,
            (algorithm, iterations),
            salt,
            hash,
        )
    } else {
        let salt = CodedBytes::of(salt, Coding::Base64Url)?;
        let hash = CodedBytes::of(hash, Coding::Base64Url)?.exactly(20)?;
        recipe::pbkdf2(Scheme::CTA_PBKDF2_SHA1, (algorithm, iterations), salt, hash)
    }
}

/// `$scrypt$ln=16,r=8,p=1$…$…`, of passlib or of Kratos (decodeScryptHash in
/// hash/hash_comparator.go of ory/kratos).
///
/// passlib's `ln` is log2 of N, and its base64 has no padding. Kratos' `ln` is N itself, and its
/// base64 is padded. A digest of 32 bytes always shows whether it is padded. An unpadded string
/// whose `ln` is no log2 can only have N.
fn scrypt(mut text: Cursor<'_>) -> Option<SaltedDigest<'_>> {
    text.literal(b"ln=")?;
    let n = text.number(b',')?;
    text.literal(b"r=")?;
    let r = text.number(b',')?;
    text.literal(b"p=")?;
    let p = text.number(b'$')?;
    let (salt, hash) = (text.until(b'$')?, text.0);
    let padded = salt.last() == Some(&b'=') || hash.last() == Some(&b'=');
    let (scheme, log_n) = match recipe::log_n(n) {
        Some(log_n) if padded || n > 31 => (Scheme::KRATOS_SCRYPT, log_n),
        _ => (Scheme::PASSLIB_SCRYPT, n),
    };
    let salt = CodedBytes::of(salt, Coding::Base64Dot)?;
    let hash = CodedBytes::of(hash, Coding::Base64Dot)?;
    recipe::scrypt(scheme, (log_n, r, p), salt, hash)
}

/// Kratos' `$hmac-sha256$<base64 of the hex>$<base64 of the key>` (decodeHMACHash in
/// hash/hash_comparator.go of ory/kratos).
fn hmac<'v>(name: &[u8], mut text: Cursor<'v>) -> Option<SaltedDigest<'v>> {
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
    let digest = CodedBytes::of(text.until(b'$')?, Coding::Base64Hex)?.exactly(algorithm.len())?;
    let salt = CodedBytes::of(text.0, Coding::Base64)?;
    Some(SaltedDigest {
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
