//! Strings behind another prefix: LDAP's and Dovecot's `{SCHEME}`, Django's `algorithm$`.

use super::des::des;
use super::reader::{Reader, all, base64_bytes};
use super::{Argon2Form, Native, native};
use crate::scheme::{Prf, Scheme, Strength};

/// LDAP's and Dovecot's `{SCHEME}…`.
pub(super) fn braced(value: &[u8]) -> Option<Native> {
    let end = value.iter().take(16).position(|byte| *byte == b'}')?;
    let (tag, body) = (&value[1..end], &value[end + 1..]);
    let is = |name: &str| tag.eq_ignore_ascii_case(name.as_bytes());
    let fast = |scheme, good: bool| good.then_some((scheme, Strength::Fast));
    let bytes = base64_bytes(body);
    if is("SSHA") {
        return fast(Scheme::LDAP_SSHA, (21..=84).contains(&bytes?));
    }
    if is("SHA") {
        return fast(Scheme::LDAP_SHA, bytes? == 20);
    }
    if is("MD5") {
        return fast(Scheme::LDAP_MD5, bytes? == 16);
    }
    if is("SMD5") {
        return fast(Scheme::LDAP_SMD5, (17..=80).contains(&bytes?));
    }
    if is("SHA256") {
        return fast(Scheme::LDAP_SHA256, bytes? == 32);
    }
    if is("SSHA256") {
        return fast(Scheme::LDAP_SSHA256, (33..=96).contains(&bytes?));
    }
    if is("SHA512") {
        return fast(Scheme::LDAP_SHA512, bytes? == 64);
    }
    if is("SSHA512") {
        return fast(Scheme::LDAP_SSHA512, (65..=128).contains(&bytes?));
    }
    if is("CRYPT") {
        // Behind `{CRYPT}` even what has no mark is a hash.
        let (_, strength) = dollar(body).or_else(|| des(body))?;
        return Some((Scheme::LDAP_CRYPT, strength));
    }
    let behind = |scheme: Scheme, is_inner: fn(Scheme) -> bool| {
        dollar(body)
            .filter(|(inner, _)| is_inner(*inner))
            .map(|(_, strength)| (scheme, strength))
    };
    if is("BLF-CRYPT") {
        return behind(Scheme::DOVECOT_BLF_CRYPT, |inner| {
            matches!(
                inner,
                Scheme::BCRYPT_2A | Scheme::BCRYPT_2B | Scheme::BCRYPT_2X | Scheme::BCRYPT_2Y
            )
        });
    }
    if is("ARGON2") {
        return behind(Scheme::DOVECOT_ARGON2I, |inner| inner == Scheme::ARGON2I)
            .or_else(|| behind(Scheme::DOVECOT_ARGON2ID, |inner| inner == Scheme::ARGON2ID));
    }
    if is("ARGON2I") {
        return behind(Scheme::DOVECOT_ARGON2I, |inner| inner == Scheme::ARGON2I);
    }
    if is("ARGON2ID") {
        return behind(Scheme::DOVECOT_ARGON2ID, |inner| inner == Scheme::ARGON2ID);
    }
    None
}

/// Django's `algorithm$…$…`.
pub(super) fn django(value: &[u8]) -> Option<Native> {
    let mut text = Reader(value);
    match text.until(b'$')? {
        b"pbkdf2_sha256" => django_pbkdf2(text, Prf::Sha256, 32)
            .map(|strength| (Scheme::DJANGO_PBKDF2_SHA256, strength)),
        b"pbkdf2_sha1" => django_pbkdf2(text, Prf::Sha1, 20)
            .map(|strength| (Scheme::DJANGO_PBKDF2_SHA1, strength)),
        b"argon2" => {
            let id = text.until(b'$')?;
            Some((
                Scheme::DJANGO_ARGON2,
                Argon2Form::read(id, text.0)?.strength(),
            ))
        }
        b"bcrypt" => dollar(text.0)
            .filter(is_bcrypt)
            .map(|(_, strength)| (Scheme::DJANGO_BCRYPT, strength)),
        b"bcrypt_sha256" => dollar(text.0)
            .filter(is_bcrypt)
            .map(|(_, strength)| (Scheme::DJANGO_BCRYPT_SHA256, strength)),
        b"scrypt" => {
            let n = text.number(b'$')?;
            let salt = text.until(b'$')?;
            let (r, p) = (text.number(b'$')?, text.number(b'$')?);
            let good = n.is_power_of_two()
                && r >= 1
                && p >= 1
                && is_salt(salt)
                && base64_bytes(text.0)? == 64;
            good.then(|| {
                (
                    Scheme::DJANGO_SCRYPT,
                    Strength::Scrypt {
                        log_n: n.ilog2(),
                        r,
                        p,
                    },
                )
            })
        }
        b"md5" => (salt_of(&mut text)? && is_lower_hex(text.0, 32))
            .then_some((Scheme::DJANGO_MD5, Strength::Fast)),
        b"sha1" if text.0.first() == Some(&b'$') => {
            is_lower_hex(&text.0[1..], 40).then_some((Scheme::DJANGO_UNSALTED_SHA1, Strength::Fast))
        }
        b"sha1" => (salt_of(&mut text)? && is_lower_hex(text.0, 40))
            .then_some((Scheme::DJANGO_SHA1, Strength::Fast)),
        _ => None,
    }
}

fn django_pbkdf2(mut text: Reader<'_>, prf: Prf, hash_bytes: usize) -> Option<Strength> {
    let iterations = text.number(b'$')?;
    let salt = text.until(b'$')?;
    let good = iterations >= 1 && is_salt(salt) && base64_bytes(text.0)? == hash_bytes;
    good.then_some(Strength::Pbkdf2 { prf, iterations })
}

fn is_bcrypt(native: &Native) -> bool {
    matches!(native.1, Strength::Bcrypt { .. })
}

/// Reads a `$<id>$…` that stands behind another prefix.
fn dollar(value: &[u8]) -> Option<Native> {
    if value.first() == Some(&b'$') {
        native(value)
    } else {
        None
    }
}

fn salt_of(text: &mut Reader<'_>) -> Option<bool> {
    text.until(b'$')
        .map(|salt| salt.is_empty() || is_salt(salt))
}

fn is_salt(salt: &[u8]) -> bool {
    !salt.is_empty() && salt.len() <= 128 && all(salt, u8::is_ascii_graphic)
}

fn is_lower_hex(text: &[u8], digits: usize) -> bool {
    text.len() == digits && all(text, |byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}
