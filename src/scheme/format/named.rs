//! Strings that begin with the name of their maker: Django, Werkzeug, web2py, GRUB, hashcat.
//!
//! ASP.NET's are here too, which begin with nothing of the kind.

use super::argon2::Argon2Form;
use super::bcrypt::is_bcrypt;
use super::crypt::crypt;
use super::cursor::{Cursor, number};
use super::des::des;
use super::dollar::dollar;
use super::part::{CodedBytes, Coding};
use super::recipe;
use super::recipe::{Native, Recipe, SaltedDigest};
use crate::scheme::expression::Algorithm;
use crate::scheme::value::Scheme;

/// The longest salt that is taken for one.
const SALT_BYTES_MAX: usize = 128;

/// Takes a string apart.
pub(in crate::scheme) fn split_named(value: &[u8]) -> Option<SaltedDigest<'_>> {
    match value.first()? {
        b'A' => aspnet(value),
        b'g' => grub(value),
        b'S' => hashcat_scrypt(value),
        b'h' => anope_hmac(value),
        b'm' | b'p' | b's' => {
            let mut text = Cursor(value);
            match text.until(b'$') {
                Some(name) => django(name, text).or_else(|| werkzeug(name, text)),
                None => defuse(value),
            }
        }
        _ => None,
    }
}

/// Another scheme's string behind a name: `argon2$argon2id$…`, `bcrypt$$2b$…`,
/// `bcrypt_sha256$$2b$…`, of Django, `U$S$…` of Drupal.
pub(in crate::scheme) fn read_behind(value: &[u8]) -> Option<Native> {
    if !matches!(value.first()?, b'a' | b'b' | b'c' | b'U') {
        return None;
    }
    let mut text = Cursor(value);
    let bcrypt = |scheme: Scheme, inner: &[u8]| {
        let (inner, strength) = dollar(inner)?;
        is_bcrypt(inner).then_some((scheme, strength))
    };
    match text.until(b'$')? {
        b"argon2" => {
            let id = text.until(b'$')?;
            let form = Argon2Form::read(id, text.0)?;
            Some((Scheme::DJANGO_ARGON2, form.strength()))
        }
        b"bcrypt" => bcrypt(Scheme::DJANGO_BCRYPT, text.0),
        b"bcrypt_sha256" => bcrypt(Scheme::DJANGO_BCRYPT_SHA256, text.0),
        // What Django puts between the dollars it never looks at again (CryptPasswordHasher).
        b"crypt" => {
            text.until(b'$')?;
            let (inner, strength) = des(text.0)?;
            (inner == Scheme::DESCRYPT).then_some((Scheme::DJANGO_CRYPT, strength))
        }
        // Drupal 7's update of Drupal 6's MD5 digests (user_check_password in
        // includes/password.inc).
        b"U" => {
            let id = text.until(b'$')?;
            let good = matches!(id, b"S" | b"P" | b"H");
            good.then(|| crypt(id, text.0))?
                .map(|(_, strength)| (Scheme::DRUPAL7, strength))
        }
        _ => None,
    }
}

/// Django's `algorithm$…` (django/contrib/auth/hashers.py): its salts are letters and digits, but
/// an application may give any text without `$`.
fn django<'v>(name: &[u8], mut text: Cursor<'v>) -> Option<SaltedDigest<'v>> {
    match name {
        b"pbkdf2_sha256" => django_pbkdf2(text, Scheme::DJANGO_PBKDF2_SHA256, Algorithm::Sha256),
        b"pbkdf2_sha1" => django_pbkdf2(text, Scheme::DJANGO_PBKDF2_SHA1, Algorithm::Sha1),
        b"scrypt" => {
            let log_n = recipe::log_n(text.number(b'$')?)?;
            let salt = salt(text.until(b'$')?)?;
            let (r, p) = (text.number(b'$')?, text.number(b'$')?);
            let digest = CodedBytes::of(text.0, Coding::Base64)?.exactly(64)?;
            recipe::scrypt(Scheme::DJANGO_SCRYPT, (log_n, r, p), salt, digest)
        }
        b"md5" | b"sha1" => {
            let bare = text.until(b'$')?;
            let (scheme, algorithm) = match name {
                b"md5" => (Scheme::DJANGO_MD5, Algorithm::Md5),
                _ if bare.is_empty() => (Scheme::DJANGO_UNSALTED_SHA1, Algorithm::Sha1),
                _ => (Scheme::DJANGO_SHA1, Algorithm::Sha1),
            };
            let salt = if bare.is_empty() {
                CodedBytes::empty()
            } else {
                salt(bare)?
            };
            let digest = CodedBytes::of(text.0, Coding::Hex)?.exactly(algorithm.len())?;
            is_djangos(bare).then_some(SaltedDigest {
                scheme,
                recipe: Recipe::SaltPass(algorithm),
                salt,
                digest,
            })
        }
        _ => None,
    }
}

fn django_pbkdf2(
    mut text: Cursor<'_>,
    scheme: Scheme,
    algorithm: Algorithm,
) -> Option<SaltedDigest<'_>> {
    let iterations = text.number(b'$')?;
    let salt = salt(text.until(b'$')?)?;
    let digest = CodedBytes::of(text.0, Coding::Base64)?.exactly(algorithm.len())?;
    recipe::pbkdf2(scheme, (algorithm, iterations), salt, digest)
}

/// Whether a salt between `md5$` or `sha1$` and the digest is more likely Django's than Werkzeug's,
/// whose HMACs look the same.
///
/// Django has written 5 hex digits (before 1.4), 12 and 22 letters and digits; Werkzeug 8 and 16.
/// Both take what they are given. A verification tries both, whichever is likelier.
fn is_djangos(salt: &[u8]) -> bool {
    match salt.len() {
        0 => true,
        _ if !salt.is_ascii() => true,
        5 => salt.iter().all(u8::is_ascii_hexdigit),
        12 | 22 => salt.iter().all(u8::is_ascii_alphanumeric),
        _ => false,
    }
}

/// Werkzeug's `method$salt$hex` (src/werkzeug/security.py): `pbkdf2:sha256:600000`,
/// `scrypt:32768:8:1`, and before 3.0 the name of a digest, for its HMAC. And web2py's
/// `pbkdf2(1000,20,sha512)` (gluon/validators.py), which has a length of its own.
fn werkzeug<'v>(name: &[u8], mut text: Cursor<'v>) -> Option<SaltedDigest<'v>> {
    let bare = text.until(b'$')?;
    let digest = CodedBytes::of(text.0, Coding::Hex)?;
    if let Some(params) = name.strip_prefix(b"pbkdf2:") {
        let mut params = Cursor(params);
        let algorithm = hashlib(params.until(b':')?)?;
        let iterations = number(params.0)?;
        let digest = digest.exactly(algorithm.len())?;
        let scheme = Scheme::WERKZEUG_PBKDF2;
        return recipe::pbkdf2(scheme, (algorithm, iterations), salt(bare)?, digest);
    }
    if let Some(params) = name.strip_prefix(b"scrypt:") {
        let mut params = Cursor(params);
        let log_n = recipe::log_n(params.number(b':')?)?;
        let r = params.number(b':')?;
        let p = number(params.0)?;
        let digest = digest.exactly(64)?;
        return recipe::scrypt(Scheme::WERKZEUG_SCRYPT, (log_n, r, p), salt(bare)?, digest);
    }
    if let Some(params) = name.strip_prefix(b"pbkdf2(") {
        let mut params = Cursor(params.strip_suffix(b")")?);
        let iterations = params.number(b',')?;
        let len = params.number(b',')?;
        let algorithm = hashlib(params.0)?;
        let digest = digest.exactly(usize::try_from(len).ok()?)?;
        let scheme = Scheme::WEB2PY_PBKDF2;
        return recipe::pbkdf2(scheme, (algorithm, iterations), salt(bare)?, digest);
    }
    let algorithm = hashlib(name)?;
    Some(SaltedDigest {
        scheme: Scheme::WERKZEUG_HMAC,
        recipe: Recipe::Hmac(algorithm),
        salt: if bare.is_empty() {
            CodedBytes::empty()
        } else {
            salt(bare)?
        },
        digest: digest.exactly(algorithm.len())?,
    })
}

/// The digests that people take from Python's hashlib.
fn hashlib(name: &[u8]) -> Option<Algorithm> {
    Algorithm::by_name(name).filter(|algorithm| {
        matches!(
            algorithm,
            Algorithm::Md5
                | Algorithm::Sha1
                | Algorithm::Sha224
                | Algorithm::Sha256
                | Algorithm::Sha384
                | Algorithm::Sha512
        )
    })
}

/// `grub.pbkdf2.sha512.<rounds>.<hex>.<hex>` (util/grub-mkpasswd-pbkdf2.c).
fn grub(value: &[u8]) -> Option<SaltedDigest<'_>> {
    let mut text = Cursor(value);
    text.literal(b"grub.pbkdf2.sha512.")?;
    let iterations = text.number(b'.')?;
    let salt = CodedBytes::of(text.until(b'.')?, Coding::Hex)?;
    let digest = CodedBytes::of(text.0, Coding::Hex)?;
    let scheme = Scheme::GRUB_PBKDF2_SHA512;
    recipe::pbkdf2(scheme, (Algorithm::Sha512, iterations), salt, digest)
}

/// `SCRYPT:<N>:<r>:<p>:<base64>:<base64>` (hashcat's mode 8900).
fn hashcat_scrypt(value: &[u8]) -> Option<SaltedDigest<'_>> {
    let mut text = Cursor(value);
    text.literal(b"SCRYPT:")?;
    let log_n = recipe::log_n(text.number(b':')?)?;
    let (r, p) = (text.number(b':')?, text.number(b':')?);
    let salt = CodedBytes::of(text.until(b':')?, Coding::Base64)?;
    let digest = CodedBytes::of(text.0, Coding::Base64)?;
    recipe::scrypt(Scheme::HASHCAT_SCRYPT, (log_n, r, p), salt, digest)
}

/// `sha256:1000:<salt>:<hash>` in base64, and `sha1:64000:18:<salt>:<hash>` with the length of the
/// hash (PasswordStorage of defuse/password-hashing).
///
/// The salt of the second is its bytes. The first version gave PBKDF2 the salt in base64, as it
/// stands. What hashcat's mode 10900 takes is spelt like it and has the bytes for a salt: a login
/// tries both.
fn defuse(value: &[u8]) -> Option<SaltedDigest<'_>> {
    let mut text = Cursor(value);
    let algorithm = hashlib(text.until(b':')?)?;
    let iterations = text.number(b':')?;
    let first = text.until(b':')?;
    match text.until(b':') {
        None => {
            let scheme = Scheme::DEFUSE_PBKDF2;
            let salt = salt(first)?;
            CodedBytes::of(first, Coding::Base64)?;
            let digest = CodedBytes::of(text.0, Coding::Base64)?;
            recipe::pbkdf2(scheme, (algorithm, iterations), salt, digest)
        }
        Some(second) => {
            let scheme = Scheme::COLON_PBKDF2;
            let len = usize::try_from(number(first)?).ok()?;
            let salt = CodedBytes::of(second, Coding::Base64)?;
            let digest = CodedBytes::of(text.0, Coding::Base64)?.exactly(len)?;
            recipe::pbkdf2(scheme, (algorithm, iterations), salt, digest)
        }
    }
}

/// Anope's `hmac-sha256:`, the HMAC and its key in hex (modules/encryption of anope/anope).
fn anope_hmac(value: &[u8]) -> Option<SaltedDigest<'_>> {
    let mut text = Cursor(value.strip_prefix(b"hmac-")?);
    let algorithm = hashlib(text.until(b':')?)?;
    let digest = CodedBytes::of(text.until(b':')?, Coding::Hex)?.exactly(algorithm.len())?;
    let salt = CodedBytes::of(text.0, Coding::Hex)?;
    (1..=SALT_BYTES_MAX)
        .contains(&salt.len())
        .then_some(SaltedDigest {
            scheme: Scheme::ANOPE_HMAC,
            recipe: Recipe::Hmac(algorithm),
            salt,
            digest,
        })
}

/// ASP.NET Core Identity's base64 (PasswordHasher.cs of dotnet/aspnetcore).
///
/// Version 2 is a zero byte, 16 bytes of salt, and 32 of PBKDF2 over SHA-1 in 1000 rounds.
///
/// Version 3 is a one, three numbers of four bytes, the salt and the key. The highest byte of a
/// number comes first. The numbers are the digest (0 SHA-1, 1 SHA-256, 2 SHA-512), the rounds, and
/// the length of the salt. Salt and key have at least 16 bytes each.
fn aspnet(value: &[u8]) -> Option<SaltedDigest<'_>> {
    if !value.len().is_multiple_of(4) {
        return None;
    }
    let head = CodedBytes::base64_head(value)?;
    if head[0] == 0 && value.len() == 68 {
        let (_, body) = CodedBytes::of(value, Coding::Base64)?
            .exactly(49)?
            .split(1)?;
        let (salt, digest) = body.split(16)?;
        let scheme = Scheme::ASPNET_IDENTITY_V2;
        return recipe::pbkdf2(scheme, (Algorithm::Sha1, 1000), salt, digest);
    }
    let number = |at: usize| {
        head.get(at..at + 4)
            .and_then(|bytes| bytes.try_into().ok())
            .map(u32::from_be_bytes)
    };
    let algorithm = match (head[0], number(1)?) {
        (1, 0) => Algorithm::Sha1,
        (1, 1) => Algorithm::Sha256,
        (1, 2) => Algorithm::Sha512,
        _ => return None,
    };
    let (_, body) = CodedBytes::of(value, Coding::Base64)?.split(13)?;
    let (salt, digest) = body.split(usize::try_from(number(9)?).ok()?)?;
    let scheme = Scheme::ASPNET_IDENTITY_V3;
    recipe::pbkdf2(scheme, (algorithm, number(5)?), salt, digest).filter(|_| salt.len() >= 16)
}

/// A salt of plain text.
fn salt(bare: &[u8]) -> Option<CodedBytes<'_>> {
    let good = (1..=SALT_BYTES_MAX).contains(&bare.len())
        && !bare.iter().any(|byte| byte.is_ascii_control());
    good.then(|| CodedBytes::of(bare, Coding::Text))?
}
