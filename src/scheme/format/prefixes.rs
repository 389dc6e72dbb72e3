//! The prefixes of applications, databases and devices, and the scheme that each names.
//!
//! What stands behind a prefix is read by the file of its maker.

use super::pieces::Pieces;
use super::recipe::Native;
use super::{applications, databases, devices, marked, mediawiki, spring, windows};
use crate::scheme::value::Scheme;

/// The front of a string, the scheme that it names, and how the string is taken apart.
struct Prefix(
    &'static [u8],
    Scheme,
    for<'v> fn(&'v [u8]) -> Option<Pieces<'v>>,
);

/// Reads a value with such a prefix.
pub(in crate::scheme) fn read_prefixed(value: &[u8]) -> Option<Native> {
    let prefixes: &[Prefix] = match value.first()? {
        b'$' => &DOLLAR,
        b':' => &COLON,
        b'0' => &ZERO,
        b'{' => &BRACES,
        b'm' | b's' | b'S' | b'M' | b'H' | b'T' => &LETTERS,
        b'!' => &BANG,
        b'1'..=b'9' | b'a'..=b'f' => {
            return read(Scheme::RUBY_SCRYPT, spring::ruby, value);
        }
        _ => return None,
    };
    first(prefixes, value)
}

/// DAViCal's `*salt*…`.
pub(in crate::scheme) fn read_davical(value: &[u8]) -> Option<Native> {
    read(Scheme::DAVICAL_MD5, marked::davical_md5, value)
        .or_else(|| read(Scheme::DAVICAL_SSHA, marked::davical_ssha, value))
}

/// Bugzilla's strings, which end with what names them.
pub(in crate::scheme) fn read_bugzilla(value: &[u8]) -> Option<Native> {
    value
        .ends_with(b"}")
        .then(|| read(Scheme::BUGZILLA, marked::bugzilla, value))?
}

fn first(prefixes: &[Prefix], value: &[u8]) -> Option<Native> {
    prefixes
        .iter()
        .filter(|Prefix(front, ..)| value.starts_with(front))
        .find_map(|Prefix(_, scheme, cut)| read(*scheme, *cut, value))
}

fn read(
    scheme: Scheme,
    cut: for<'v> fn(&'v [u8]) -> Option<Pieces<'v>>,
    value: &[u8],
) -> Option<Native> {
    cut(value).map(|pieces| (scheme, pieces.strength))
}

static DOLLAR: [Prefix; 11] = [
    Prefix(b"$shiro1$", Scheme::SHIRO, marked::shiro),
    Prefix(b"$SHA$", Scheme::AUTHME, applications::authme),
    Prefix(b"$PHPS$", Scheme::PHPS, applications::phps),
    Prefix(b"$B$", Scheme::MEDIAWIKI_B, mediawiki::b),
    Prefix(
        b"$episerver$*0*",
        Scheme::EPISERVER_SHA1,
        applications::episerver_sha1,
    ),
    Prefix(
        b"$episerver$*1*",
        Scheme::EPISERVER_SHA256,
        applications::episerver_sha256,
    ),
    Prefix(b"$8$", Scheme::CISCO8, devices::cisco8),
    Prefix(b"$9$", Scheme::CISCO9, devices::cisco9),
    Prefix(b"$ml$", Scheme::MACOS_10_8, devices::macos_10_8),
    Prefix(b"$DCC2$", Scheme::MSDCC2, windows::msdcc2),
    Prefix(b"$s0$", Scheme::SCRYPT_S0, spring::scrypt_s0),
];

static COLON: [Prefix; 6] = [
    Prefix(b":A:", Scheme::MEDIAWIKI_A, mediawiki::a),
    Prefix(b":A:", Scheme::MEDIAWIKI_B, mediawiki::b),
    Prefix(b":B:", Scheme::MEDIAWIKI_B, mediawiki::b),
    Prefix(b":pbkdf2:", Scheme::MEDIAWIKI_PBKDF2, mediawiki::pbkdf2),
    Prefix(
        b":pbkdf2-legacyA:",
        Scheme::MEDIAWIKI_LEGACY_A,
        mediawiki::legacy_a,
    ),
    Prefix(
        b":pbkdf2-legacyB:",
        Scheme::MEDIAWIKI_LEGACY_B,
        mediawiki::legacy_b,
    ),
];

/// A value of one length is of one of them.
static ZERO: [Prefix; 4] = [
    Prefix(b"0x", Scheme::MSSQL2005, databases::mssql2005),
    Prefix(b"0x", Scheme::MSSQL2000, databases::mssql2000),
    Prefix(b"0x", Scheme::MSSQL2012, databases::mssql2012),
    Prefix(b"0x", Scheme::SYBASE_ASE, databases::sybase),
];

static BRACES: [Prefix; 7] = [
    Prefix(b"{sha256}", Scheme::SPRING_SHA256, spring::sha256_standard),
    Prefix(b"{MD4}", Scheme::SPRING_MD4, spring::md4),
    Prefix(b"{MD5}", Scheme::SPRING_MD5, spring::md5),
    Prefix(b"{SHA-1}", Scheme::SPRING_SHA1, spring::sha1),
    Prefix(b"{SHA-256}", Scheme::SPRING_MD_SHA256, spring::sha256),
    Prefix(b"{pbkdf2", Scheme::SPRING_PBKDF2, spring::pbkdf2),
    Prefix(b"{scrypt", Scheme::SPRING_SCRYPT, spring::scrypt),
];

static BANG: [Prefix; 1] = [Prefix(b"!sha512!", Scheme::RT_SHA512, marked::rt_sha512)];

static LETTERS: [Prefix; 13] = [
    Prefix(b"md5", Scheme::POSTGRES_MD5, databases::postgres_md5),
    Prefix(b"SCRAM-SHA-256$", Scheme::POSTGRES_SCRAM, databases::scram),
    Prefix(b"S:", Scheme::ORACLE11, databases::oracle11),
    Prefix(b"S:", Scheme::ORACLE12, databases::oracle12),
    Prefix(b"H:", Scheme::ORACLE12, databases::oracle12),
    Prefix(b"T:", Scheme::ORACLE12, databases::oracle12),
    Prefix(b"SHA1:", Scheme::TTRSS_SHA1, marked::ttrss_sha1),
    Prefix(b"SHA1X:", Scheme::TTRSS_SHA1X, marked::ttrss_sha1x),
    Prefix(b"MODE2:", Scheme::TTRSS_SHA256, marked::ttrss_sha256),
    Prefix(b"SSHA-256:", Scheme::TTRSS_SHA256, marked::ttrss_sha256),
    Prefix(b"SSHA-512:", Scheme::TTRSS_SHA512, marked::ttrss_sha512),
    Prefix(b"md5:", Scheme::ANOPE_MD5, marked::anope_md5),
    Prefix(b"sha1:", Scheme::ANOPE_SHA1, marked::anope_sha1),
];
