//! `$<id>$…`: how the strings of crypt(3) and of PHC are spelt.

use super::argon2::Argon2Form;
use super::bcrypt::BcryptForm;
use super::cursor::{
    Cursor, all, crypt64_number, crypt64_value, is_crypt64, is_loose_base64, number,
};
use super::recipe::Native;
use super::yescrypt::yescrypt;
use crate::scheme::value::{Argon2Variant, Prf, Scheme, Strength};
use crate::text;

/// How much of a `$7$` string stands before its salt: the prefix, and eleven digits of parameters.
pub(in crate::scheme) const SCRYPT_7_PARAMETERS: usize = 14;

/// Sun's and NetBSD's salts are bounded by this alone, which is libxcrypt's bound for NetBSD's.
const LONG_SALT_MAX: usize = 64;

/// The scheme of `$<id>$…`, where the id alone says it.
pub(in crate::scheme) fn scheme_of_id(id: &[u8]) -> Option<Scheme> {
    Some(match id {
        b"argon2id" => Scheme::ARGON2ID,
        b"argon2i" => Scheme::ARGON2I,
        b"argon2d" => Scheme::ARGON2D,
        b"2a" => Scheme::BCRYPT_2A,
        b"2b" => Scheme::BCRYPT_2B,
        b"2x" => Scheme::BCRYPT_2X,
        b"2y" => Scheme::BCRYPT_2Y,
        b"1" => Scheme::MD5CRYPT,
        b"apr1" => Scheme::APR1,
        b"sha1" => Scheme::SHA1CRYPT,
        b"5" => Scheme::SHA256CRYPT,
        b"6" => Scheme::SHA512CRYPT,
        b"7" => Scheme::SCRYPT_7,
        b"y" => Scheme::YESCRYPT,
        b"gy" => Scheme::GOST_YESCRYPT,
        b"3" => Scheme::BSD_NTHASH,
        b"P" | b"H" => Scheme::PHPASS,
        b"S" => Scheme::DRUPAL7,
        _ if id == b"md5" || id.starts_with(b"md5,") => Scheme::SUN_MD5,
        _ => return None,
    })
}

/// Reads what stands behind `$<id>$`.
pub(in crate::scheme) fn crypt(id: &[u8], rest: &[u8]) -> Option<Native> {
    let mut text = Cursor(rest);
    match id {
        b"argon2id" | b"argon2i" | b"argon2d" => {
            let form = Argon2Form::read(id, rest)?;
            let scheme = match form.variant {
                Argon2Variant::Id => Scheme::ARGON2ID,
                Argon2Variant::I => Scheme::ARGON2I,
                Argon2Variant::D => Scheme::ARGON2D,
            };
            Some((scheme, form.strength()))
        }
        b"2a" | b"2b" | b"2x" | b"2y" => {
            let form = BcryptForm::read(rest)?;
            let scheme = match id {
                b"2a" => Scheme::BCRYPT_2A,
                b"2b" => Scheme::BCRYPT_2B,
                b"2x" => Scheme::BCRYPT_2X,
                _ => Scheme::BCRYPT_2Y,
            };
            Some((scheme, Strength::Bcrypt { cost: form.cost }))
        }
        b"wp" => {
            text.literal(b"2y$")
                .or_else(|| text.literal(b"2b$"))
                .or_else(|| text.literal(b"2a$"))?;
            Some((
                Scheme::WORDPRESS_BCRYPT,
                Strength::Bcrypt {
                    cost: BcryptForm::read(text.0)?.cost,
                },
            ))
        }
        b"bcrypt-sha256" => passlib_bcrypt_sha256(text),
        b"7" => scrypt_7(text),
        b"y" => yescrypt(text).map(|strength| (Scheme::YESCRYPT, strength)),
        b"gy" => yescrypt(text).map(|strength| (Scheme::GOST_YESCRYPT, strength)),
        b"pbkdf2-sha1" => pbkdf2(text, Prf::Sha1),
        b"pbkdf2-sha224" | b"pbkdf2-sha256" => pbkdf2(text, Prf::Sha256),
        b"pbkdf2-sha384" | b"pbkdf2-sha512" => pbkdf2(text, Prf::Sha512),
        b"sha1" => {
            let rounds = text.number(b'$')?;
            // libxcrypt has none without a salt, and of its own alphabet alone.
            let good = text.0.first() != Some(&b'$')
                && has_own_salt(text.0)
                && salt_and_hash(text, LONG_SALT_MAX, 28);
            good.then_some((
                Scheme::SHA1CRYPT,
                Strength::Rounds {
                    prf: Prf::Sha1,
                    rounds,
                },
            ))
        }
        b"5" | b"6" => {
            // 5,000 is what crypt(3) takes where the string names no rounds. It refuses fewer than
            // 1,000, or writes 1,000 for them.
            let rounds = if text.literal(b"rounds=").is_some() {
                text.number(b'$')
                    .filter(|rounds| (1_000..=999_999_999).contains(rounds))?
            } else {
                5_000
            };
            let (scheme, prf, digits) = if id == b"5" {
                (Scheme::SHA256CRYPT, Prf::Sha256, 43)
            } else {
                (Scheme::SHA512CRYPT, Prf::Sha512, 86)
            };
            salt_and_hash(text, 16, digits).then_some((scheme, Strength::Rounds { prf, rounds }))
        }
        b"1" | b"apr1" => {
            let scheme = if id == b"1" {
                Scheme::MD5CRYPT
            } else {
                Scheme::APR1
            };
            // The rounds of both are fixed.
            salt_and_hash(text, 8, 22).then_some((
                scheme,
                Strength::Rounds {
                    prf: Prf::Md5,
                    rounds: 1_000,
                },
            ))
        }
        b"3" => {
            let hash = rest.strip_prefix(b"$")?;
            (hash.len() == 32 && text::is_hex(hash)).then_some((Scheme::BSD_NTHASH, Strength::Fast))
        }
        _ if id == b"md5" || id.starts_with(b"md5,") => sun_md5(id, text),
        b"P" | b"H" => phpass(rest, Prf::Md5, 31).map(|strength| (Scheme::PHPASS, strength)),
        b"S" => phpass(rest, Prf::Sha512, 52).map(|strength| (Scheme::DRUPAL7, strength)),
        _ => None,
    }
}

/// `$bcrypt-sha256$v=2,t=2b,r=12$…$…`, and `$bcrypt-sha256$2b,12$…$…` from before passlib 1.7.3.
fn passlib_bcrypt_sha256(mut text: Cursor<'_>) -> Option<Native> {
    let kind = if text.literal(b"v=2,t=").is_some() {
        2
    } else {
        1
    };
    text.literal(b"2a")
        .or_else(|| text.literal(b"2b"))
        .or_else(|| text.literal(b"2y"))?;
    text.literal(if kind == 2 { b",r=" } else { b"," })?;
    let cost = text.number(b'$')?;
    let (salt, hash) = (text.until(b'$')?, text.0);
    let good = (4..=31).contains(&cost)
        && salt.len() == 22
        && hash.len() == 31
        && all(salt, is_crypt64)
        && all(hash, is_crypt64);
    good.then_some((Scheme::PASSLIB_BCRYPT_SHA256, Strength::Bcrypt { cost }))
}

/// `$md5$salt$hash`, `$md5,rounds=7$salt$hash`, `$md5$rounds=7$salt$hash`; where two dollars stand
/// before the hash, the first of them belongs to the salt.
fn sun_md5(id: &[u8], mut text: Cursor<'_>) -> Option<Native> {
    // What a string names comes on top of those that it always has.
    const ROUNDS: u32 = 4_096;
    let more = match id.strip_prefix(b"md5,rounds=") {
        Some(digits) => number(digits)?,
        None if id != b"md5" => return None,
        None if text.literal(b"rounds=").is_some() => text.number(b'$')?,
        None => 0,
    };
    let rounds = ROUNDS.checked_add(more)?;
    if !has_own_salt(text.0) {
        return None;
    }
    let salt = text.until(b'$')?;
    let _ = text.literal(b"$");
    let good = salt.len() <= LONG_SALT_MAX && text.0.len() == 22 && all(text.0, is_crypt64);
    let strength = Strength::Rounds {
        prf: Prf::Md5,
        rounds,
    };
    good.then_some((Scheme::SUN_MD5, strength))
}

/// Whether what stands before the next dollar is of crypt's own alphabet.
fn has_own_salt(text: &[u8]) -> bool {
    Cursor(text)
        .until(b'$')
        .is_some_and(|salt| all(salt, is_crypt64))
}

/// `$7$` + log2 of N, r and p in crypt's base 64 + salt + `$` + hash.
fn scrypt_7(mut text: Cursor<'_>) -> Option<Native> {
    let (head, hash) = (text.until(b'$')?, text.0);
    let (params, salt) = head.split_at_checked(11)?;
    let good = all(params, is_crypt64)
        && salt.len() <= 64
        && all(salt, u8::is_ascii_graphic)
        && hash.len() == 43
        && all(hash, is_crypt64);
    let log_n = crypt64_value(params[0]);
    let (r, p) = (crypt64_number(&params[1..6]), crypt64_number(&params[6..]));
    (good && log_n >= 1 && r >= 1 && p >= 1)
        .then_some((Scheme::SCRYPT_7, Strength::Scrypt { log_n, r, p }))
}

/// PHC's `$pbkdf2-sha256$i=29000,l=32$…$…`, where Kratos always says the length and others never
/// do.
///
/// What Kratos calls SHA-224 and SHA-384 costs what the digests cost that these are cut from.
fn pbkdf2(mut text: Cursor<'_>, prf: Prf) -> Option<Native> {
    text.literal(b"i=")?;
    let params = text.until(b'$')?;
    let (scheme, digits) = match params.iter().position(|byte| *byte == b',') {
        Some(at) => {
            number(params[at..].strip_prefix(b",l=")?)?;
            (Scheme::KRATOS_PBKDF2, &params[..at])
        }
        None => (Scheme::PHC_PBKDF2, params),
    };
    let iterations = number(digits)?;
    let (salt, hash) = (text.until(b'$')?, text.0);
    let good =
        iterations >= 1 && is_loose_base64(salt) && is_loose_base64(hash) && hash.len() >= 22;
    good.then_some((scheme, Strength::Pbkdf2 { prf, iterations }))
}

/// `B12345678` and the hash: log2 of the rounds in one character, eight of salt.
fn phpass(rest: &[u8], prf: Prf, len: usize) -> Option<Strength> {
    let exponent = crypt64_value(*rest.first()?);
    let good = rest.len() == len && all(rest, is_crypt64) && (7..=30).contains(&exponent);
    good.then(|| Strength::Rounds {
        prf,
        rounds: 1 << exponent,
    })
}

/// Whether the rest is `salt$hash` with a salt of at most that length and a hash of exactly that
/// length.
fn salt_and_hash(mut text: Cursor<'_>, salt_max: usize, digits: usize) -> bool {
    text.until(b'$').is_some_and(|salt| {
        salt.len() <= salt_max
            && all(salt, u8::is_ascii_graphic)
            && text.0.len() == digits
            && all(text.0, is_crypt64)
    })
}
