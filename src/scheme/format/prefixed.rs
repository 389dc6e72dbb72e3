//! LDAP's and Dovecot's `{SCHEME}…`.
//!
//! The name in the braces is read in either case, because directories compare it so.
//!
//! Dovecot's `.HEX` and `.B64` behind it say how the rest is spelt. Without them, a digest of known
//! length may be spelt in either way (password_decode in src/auth/password-scheme.c of
//! dovecot/core).

use zeroize::Zeroizing;

use super::bcrypt::is_bcrypt;
use super::cursor::Cursor;
use super::des::des;
use super::dollar::dollar;
use super::part::{CodedBytes, Coding};
use super::recipe;
use super::recipe::{Native, Recipe, SaltedDigest};
use crate::scheme::expression::Algorithm;
use crate::scheme::value::{Scheme, Strength};

/// No name is longer.
const NAME_BYTES_MAX: usize = 24;

/// A digest behind a name, and what makes it.
struct NamedDigest {
    name: &'static str,
    scheme: Scheme,
    recipe: Recipe,
    salt: SaltPlace,
}

/// Where the salt of a digest stands.
#[derive(Clone, Copy)]
enum SaltPlace {
    /// There is none.
    None,
    /// Behind the digest, in the same text.
    Behind,
}

static DIGESTS: [NamedDigest; 18] = [
    named(
        "SSHA",
        Scheme::LDAP_SSHA,
        Recipe::PassSalt(Algorithm::Sha1),
        SaltPlace::Behind,
    ),
    named(
        "SHA",
        Scheme::LDAP_SHA,
        Recipe::PassSalt(Algorithm::Sha1),
        SaltPlace::None,
    ),
    named(
        "MD5",
        Scheme::LDAP_MD5,
        Recipe::PassSalt(Algorithm::Md5),
        SaltPlace::None,
    ),
    named(
        "SMD5",
        Scheme::LDAP_SMD5,
        Recipe::PassSalt(Algorithm::Md5),
        SaltPlace::Behind,
    ),
    named(
        "SHA256",
        Scheme::LDAP_SHA256,
        Recipe::PassSalt(Algorithm::Sha256),
        SaltPlace::None,
    ),
    named(
        "SSHA256",
        Scheme::LDAP_SSHA256,
        Recipe::PassSalt(Algorithm::Sha256),
        SaltPlace::Behind,
    ),
    named(
        "SHA384",
        Scheme::LDAP_SHA384,
        Recipe::PassSalt(Algorithm::Sha384),
        SaltPlace::None,
    ),
    named(
        "SSHA384",
        Scheme::LDAP_SSHA384,
        Recipe::PassSalt(Algorithm::Sha384),
        SaltPlace::Behind,
    ),
    named(
        "SHA512",
        Scheme::LDAP_SHA512,
        Recipe::PassSalt(Algorithm::Sha512),
        SaltPlace::None,
    ),
    named(
        "SSHA512",
        Scheme::LDAP_SSHA512,
        Recipe::PassSalt(Algorithm::Sha512),
        SaltPlace::Behind,
    ),
    named(
        "SHA1",
        Scheme::DOVECOT_SHA1,
        Recipe::PassSalt(Algorithm::Sha1),
        SaltPlace::None,
    ),
    named(
        "LDAP-MD5",
        Scheme::DOVECOT_LDAP_MD5,
        Recipe::PassSalt(Algorithm::Md5),
        SaltPlace::None,
    ),
    named(
        "PLAIN-MD4",
        Scheme::DOVECOT_PLAIN_MD4,
        Recipe::PassSalt(Algorithm::Md4),
        SaltPlace::None,
    ),
    named(
        "PLAIN-MD5",
        Scheme::DOVECOT_PLAIN_MD5,
        Recipe::PassSalt(Algorithm::Md5),
        SaltPlace::None,
    ),
    // Courier's (libs/courier-authlib/authcheckpassword.c of Courier).
    named(
        "MD5RAW",
        Scheme::COURIER_MD5RAW,
        Recipe::PassSalt(Algorithm::Md5),
        SaltPlace::None,
    ),
    named("NTLM", Scheme::DOVECOT_NTLM, Recipe::Ntlm, SaltPlace::None),
    named(
        "LANMAN",
        Scheme::DOVECOT_LANMAN,
        Recipe::Lanman,
        SaltPlace::None,
    ),
    named(
        "DIGEST-MD5",
        Scheme::DOVECOT_DIGEST_MD5,
        Recipe::DigestMd5,
        SaltPlace::None,
    ),
];

const fn named(name: &'static str, scheme: Scheme, recipe: Recipe, salt: SaltPlace) -> NamedDigest {
    NamedDigest {
        name,
        scheme,
        recipe,
        salt,
    }
}

/// A salt behind a digest has at most that many bytes.
const SALT_BYTES_MAX: usize = 64;

/// Reads a string that is no digest with a salt.
pub(in crate::scheme) fn read_behind(value: &[u8]) -> Option<Native> {
    let (name, body) = split(value)?;
    let is = |other: &str| name.eq_ignore_ascii_case(other.as_bytes());
    if is("CRYPT") {
        // Behind `{CRYPT}` even what has no prefix is a hash.
        let (_, strength) = dollar(body).or_else(|| des(body))?;
        return Some((Scheme::LDAP_CRYPT, strength));
    }
    // What MoinMoin keeps of other people's hashes (MoinMoin/auth of moinwiki/moin-1.9).
    if is("PASSLIB") || is("APR1") {
        let (_, strength) = dollar(body)?;
        return Some((Scheme::MOIN, strength));
    }
    if is("DES") {
        let (inner, strength) = des(body)?;
        return (inner == Scheme::DESCRYPT).then_some((Scheme::MOIN_DES, strength));
    }
    // `{plaintext}` is Roundup's (roundup/password.py of roundup-tracker/roundup).
    if is("PLAIN") || is("CLEAR") || is("CLEARTEXT") || is("PLAINTEXT") {
        return Some((Scheme::DOVECOT_PLAIN, Strength::Fast));
    }
    let behind = |scheme: Scheme, is_inner: fn(Scheme) -> bool| {
        dollar(body)
            .filter(|(inner, _)| is_inner(*inner))
            .map(|(_, strength)| (scheme, strength))
    };
    let argon2i = || behind(Scheme::DOVECOT_ARGON2I, |inner| inner == Scheme::ARGON2I);
    let argon2id = || behind(Scheme::DOVECOT_ARGON2ID, |inner| inner == Scheme::ARGON2ID);
    // `{BCRYPT}` is Zope's (src/AuthEncoding of zopefoundation/AuthEncoding).
    if is("BLF-CRYPT") || is("BCRYPT") {
        return behind(Scheme::DOVECOT_BLF_CRYPT, is_bcrypt);
    }
    if is("MD5") || is("MD5-CRYPT") {
        return behind(Scheme::DOVECOT_MD5CRYPT, |inner| inner == Scheme::MD5CRYPT);
    }
    if is("SHA256-CRYPT") {
        return behind(Scheme::DOVECOT_SHA256CRYPT, |inner| {
            inner == Scheme::SHA256CRYPT
        });
    }
    if is("SHA512-CRYPT") {
        return behind(Scheme::DOVECOT_SHA512CRYPT, |inner| {
            inner == Scheme::SHA512CRYPT
        });
    }
    if is("DES-CRYPT") {
        let (inner, strength) = des(body)?;
        return (inner == Scheme::DESCRYPT).then_some((Scheme::DOVECOT_DESCRYPT, strength));
    }
    if is("ARGON2") {
        return argon2i().or_else(argon2id);
    }
    if is("ARGON2I") {
        return argon2i();
    }
    if is("ARGON2ID") {
        return argon2id();
    }
    None
}

/// Takes a string apart.
pub(in crate::scheme) fn split_braced(value: &[u8]) -> Option<SaltedDigest<'_>> {
    let (name, body) = split(value)?;
    let (name, suffix) = match name.iter().position(|byte| *byte == b'.') {
        Some(at) => (&name[..at], &name[at + 1..]),
        None => (name, &b""[..]),
    };
    let coding = if suffix.is_empty() {
        None
    } else if suffix.eq_ignore_ascii_case(b"HEX") {
        Some(Coding::Hex)
    } else if suffix.eq_ignore_ascii_case(b"B64") || suffix.eq_ignore_ascii_case(b"BASE64") {
        Some(Coding::Base64)
    } else {
        return None;
    };
    let is = |other: &str| name.eq_ignore_ascii_case(other.as_bytes());
    if let Some(named) = DIGESTS.iter().find(|named| is(named.name)) {
        return digest(named, coding, body);
    }
    if is("CRAM-MD5") || is("HMAC-MD5") {
        let digest = fixed(body, coding, 32)?;
        return unsalted(Scheme::LDAP_CRAM_MD5, Recipe::CramMd5, digest);
    }
    if is("SCRAM-SHA-1") {
        return scram(Scheme::DOVECOT_SCRAM_SHA1, Algorithm::Sha1, body);
    }
    if is("SCRAM-SHA-256") {
        return scram(Scheme::DOVECOT_SCRAM_SHA256, Algorithm::Sha256, body);
    }
    if is("PKCS5S2") {
        // Atlassian's: 16 bytes of salt, 32 of PBKDF2 over SHA-1 in 10,000 rounds
        // (passlib/handlers/pbkdf2.py).
        let (salt, digest) = CodedBytes::of(body, Coding::Base64)?
            .exactly(48)?
            .split(16)?;
        let scheme = Scheme::ATLASSIAN_PBKDF2;
        return recipe::pbkdf2(scheme, (Algorithm::Sha1, 10_000), salt, digest);
    }
    if is("PBKDF2_SHA256") {
        return netscape_pbkdf2(body);
    }
    if is("PBKDF2") && body.first() == Some(&b'$') {
        return dovecot_pbkdf2(body);
    }
    if is("PBKDF2") || is("PBKDF2-SHA1") {
        return ldap_pbkdf2(Scheme::LDAP_PBKDF2_SHA1, Algorithm::Sha1, body);
    }
    if is("PBKDF2-SHA256") {
        return ldap_pbkdf2(Scheme::LDAP_PBKDF2_SHA256, Algorithm::Sha256, body);
    }
    // Roundup's name for it.
    if is("PBKDF2S5") {
        return ldap_pbkdf2(Scheme::ROUNDUP_PBKDF2S5, Algorithm::Sha512, body);
    }
    if is("PBKDF2-SHA512") {
        return ldap_pbkdf2(Scheme::LDAP_PBKDF2_SHA512, Algorithm::Sha512, body);
    }
    None
}

/// The same string without Dovecot's `.B64` or `.HEX` behind the name, where those say how a text
/// is spelt: `{SHA512-CRYPT.B64}JDYk…` is `{SHA512-CRYPT}$6$…`.
///
/// It allocates. Digests are read in place, with the suffix.
pub(in crate::scheme) fn undotted(value: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (name, body) = split(value)?;
    let at = name.iter().rposition(|byte| *byte == b'.')?;
    let (name, suffix) = (name.get(..at)?, name.get(at + 1..)?);
    let coding = if suffix.eq_ignore_ascii_case(b"HEX") {
        Coding::Hex
    } else if suffix.eq_ignore_ascii_case(b"B64") || suffix.eq_ignore_ascii_case(b"BASE64") {
        Coding::Base64
    } else {
        return None;
    };
    let is = |other: &str| name.eq_ignore_ascii_case(other.as_bytes());
    let in_place = DIGESTS.iter().any(|named| is(named.name)) || is("CRAM-MD5") || is("HMAC-MD5");
    // `{MD5.B64}` is the digest's, and what stands behind `{MD5}$1$` is a text.
    let text = CodedBytes::of(body, coding)?.decode()?;
    if name.contains(&b'.') || (in_place && !(is("MD5") && text.starts_with(b"$1$"))) {
        return None;
    }
    let mut whole = Zeroizing::new(Vec::with_capacity(name.len() + 2 + text.len()));
    whole.push(b'{');
    whole.extend_from_slice(name);
    whole.push(b'}');
    whole.extend_from_slice(&text);
    Some(whole)
}

/// The name between the braces, and what follows them.
pub(in crate::scheme) fn split(value: &[u8]) -> Option<(&[u8], &[u8])> {
    let rest = value.strip_prefix(b"{")?;
    let end = rest
        .iter()
        .take(NAME_BYTES_MAX)
        .position(|byte| *byte == b'}')?;
    Some((&rest[..end], &rest[end + 1..]))
}

fn digest<'v>(
    named: &NamedDigest,
    coding: Option<Coding>,
    body: &'v [u8],
) -> Option<SaltedDigest<'v>> {
    let NamedDigest { scheme, recipe, .. } = *named;
    let len = match recipe {
        Recipe::PassSalt(algorithm) => algorithm.len(),
        _ => Algorithm::Md5.len(),
    };
    match named.salt {
        SaltPlace::None => unsalted(scheme, recipe, fixed(body, coding, len)?),
        SaltPlace::Behind => {
            let text = CodedBytes::of(body, coding.unwrap_or(Coding::Base64))?;
            let (digest, salt) = text.split(len)?;
            let good = (1..=SALT_BYTES_MAX).contains(&salt.len());
            good.then_some(SaltedDigest {
                scheme,
                recipe,
                salt,
                digest,
            })
        }
    }
}

fn unsalted<'v>(
    scheme: Scheme,
    recipe: Recipe,
    digest: CodedBytes<'v>,
) -> Option<SaltedDigest<'v>> {
    Some(SaltedDigest {
        scheme,
        recipe,
        salt: CodedBytes::empty(),
        digest,
    })
}

/// A digest of known length, in hex if it is twice as long.
fn fixed(body: &[u8], coding: Option<Coding>, len: usize) -> Option<CodedBytes<'_>> {
    let is_hex = body.len() == 2 * len;
    let guess = if is_hex { Coding::Hex } else { Coding::Base64 };
    CodedBytes::of(body, coding.unwrap_or(guess))?.exactly(len)
}

/// `<rounds>$<salt>$<hash>` in passlib's base64, as OpenLDAP's pw-pbkdf2 has it too
/// (contrib/slapd-modules/passwd/pbkdf2).
fn ldap_pbkdf2(scheme: Scheme, algorithm: Algorithm, body: &[u8]) -> Option<SaltedDigest<'_>> {
    let mut text = Cursor(body);
    let iterations = text.number(b'$')?;
    let salt = CodedBytes::of(text.until(b'$')?, Coding::Base64Dot)?;
    let digest = CodedBytes::of(text.0, Coding::Base64Dot)?;
    recipe::pbkdf2(scheme, (algorithm, iterations), salt, digest)
}

/// Dovecot's `$1$<salt>$<rounds>$<hex>`: the salt is its characters, the digest SHA-1
/// (src/auth/password-scheme-pbkdf2.c of dovecot/core).
fn dovecot_pbkdf2(body: &[u8]) -> Option<SaltedDigest<'_>> {
    let mut text = Cursor(body);
    text.literal(b"$1$")?;
    let salt = CodedBytes::of(text.until(b'$')?, Coding::Text)?;
    let iterations = text.number(b'$')?;
    let digest = CodedBytes::of(text.0, Coding::Hex)?.exactly(20)?;
    let scheme = Scheme::DOVECOT_PBKDF2;
    recipe::pbkdf2(scheme, (Algorithm::Sha1, iterations), salt, digest)
}

/// 389 Directory Server's: rounds in four bytes, highest first, 64 bytes of salt, 256 of PBKDF2
/// over SHA-256 (ldap/servers/plugins/pwdstorage/pbkdf2_pwd.c of 389ds/389-ds-base).
fn netscape_pbkdf2(body: &[u8]) -> Option<SaltedDigest<'_>> {
    let iterations = u32::from_be_bytes(CodedBytes::base64_head(body)?[..4].try_into().ok()?);
    let (_, rest) = CodedBytes::of(body, Coding::Base64)?
        .exactly(4 + 64 + 256)?
        .split(4)?;
    let (salt, digest) = rest.split(64)?;
    let scheme = Scheme::DIRSRV_PBKDF2_SHA256;
    recipe::pbkdf2(scheme, (Algorithm::Sha256, iterations), salt, digest)
}

/// `<rounds>,<salt>,<stored key>,<server key>` in base64 (RFC 5802). The stored key alone tells
/// whether a password is right.
fn scram(scheme: Scheme, algorithm: Algorithm, body: &[u8]) -> Option<SaltedDigest<'_>> {
    let mut text = Cursor(body);
    let iterations = text.number(b',')?;
    let salt = CodedBytes::of(text.until(b',')?, Coding::Base64)?;
    let digest = CodedBytes::of(text.until(b',')?, Coding::Base64)?.exactly(algorithm.len())?;
    CodedBytes::of(text.0, Coding::Base64)?.exactly(algorithm.len())?;
    (iterations >= 1).then_some(SaltedDigest {
        scheme,
        recipe: Recipe::Scram {
            algorithm,
            iterations,
        },
        salt,
        digest,
    })
}
