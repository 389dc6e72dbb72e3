//! The marks of applications, databases and devices: which scheme a front names. What stands behind it their families read, strictly.

use super::salted::Native;
use crate::scheme::family::{Cut, applications, databases, devices, mediawiki, spring, windows};
use crate::scheme::value::Scheme;

/// A front, and the scheme whose mark it is.
struct Mark(&'static [u8], Scheme, &'static Cut);

/// Reads a value with such a mark.
pub(in crate::scheme) fn marked(value: &[u8]) -> Option<Native> {
    let marks: &[Mark] = match value.first()? {
        b'$' => &DOLLAR,
        b':' => &COLON,
        b'0' => &ZERO,
        b'{' => &BRACES,
        b'm' | b'S' | b'H' | b'T' => &LETTERS,
        b'1'..=b'9' | b'a'..=b'f' => {
            return read(Scheme::RUBY_SCRYPT, &spring::SCRYPT_RUBY, value);
        }
        _ => return None,
    };
    first(marks, value)
}

fn first(marks: &[Mark], value: &[u8]) -> Option<Native> {
    marks
        .iter()
        .filter(|Mark(front, ..)| value.starts_with(front))
        .find_map(|Mark(_, scheme, cut)| read(*scheme, cut, value))
}

fn read(scheme: Scheme, family: &Cut, value: &[u8]) -> Option<Native> {
    (family.cut)(value).map(|pieces| (scheme, pieces.strength))
}

static DOLLAR: [Mark; 10] = [
    Mark(b"$SHA$", Scheme::AUTHME, &applications::AUTHME),
    Mark(b"$PHPS$", Scheme::PHPS, &applications::PHPS),
    Mark(b"$B$", Scheme::MEDIAWIKI_B, &mediawiki::B),
    Mark(
        b"$episerver$*0*",
        Scheme::EPISERVER_SHA1,
        &applications::EPISERVER_SHA1,
    ),
    Mark(
        b"$episerver$*1*",
        Scheme::EPISERVER_SHA256,
        &applications::EPISERVER_SHA256,
    ),
    Mark(b"$8$", Scheme::CISCO8, &devices::CISCO8),
    Mark(b"$9$", Scheme::CISCO9, &devices::CISCO9),
    Mark(b"$ml$", Scheme::MACOS_10_8, &devices::MACOS_10_8),
    Mark(b"$DCC2$", Scheme::MSDCC2, &windows::MSDCC2),
    Mark(b"$s0$", Scheme::SCRYPT_S0, &spring::SCRYPT_S0),
];

static COLON: [Mark; 6] = [
    Mark(b":A:", Scheme::MEDIAWIKI_A, &mediawiki::A),
    Mark(b":A:", Scheme::MEDIAWIKI_B, &mediawiki::B),
    Mark(b":B:", Scheme::MEDIAWIKI_B, &mediawiki::B),
    Mark(b":pbkdf2:", Scheme::MEDIAWIKI_PBKDF2, &mediawiki::PBKDF2),
    Mark(
        b":pbkdf2-legacyA:",
        Scheme::MEDIAWIKI_LEGACY_A,
        &mediawiki::LEGACY_A,
    ),
    Mark(
        b":pbkdf2-legacyB:",
        Scheme::MEDIAWIKI_LEGACY_B,
        &mediawiki::LEGACY_B,
    ),
];

/// A value of one length is of one of them.
static ZERO: [Mark; 4] = [
    Mark(b"0x", Scheme::MSSQL2005, &databases::MSSQL2005),
    Mark(b"0x", Scheme::MSSQL2000, &databases::MSSQL2000),
    Mark(b"0x", Scheme::MSSQL2012, &databases::MSSQL2012),
    Mark(b"0x", Scheme::SYBASE_ASE, &databases::SYBASE),
];

static BRACES: [Mark; 7] = [
    Mark(b"{sha256}", Scheme::SPRING_SHA256, &spring::SHA256_STANDARD),
    Mark(b"{MD4}", Scheme::SPRING_MD4, &spring::MD4),
    Mark(b"{MD5}", Scheme::SPRING_MD5, &spring::MD5),
    Mark(b"{SHA-1}", Scheme::SPRING_SHA1, &spring::SHA1),
    Mark(b"{SHA-256}", Scheme::SPRING_MD_SHA256, &spring::SHA256),
    Mark(b"{pbkdf2", Scheme::SPRING_PBKDF2, &spring::PBKDF2),
    Mark(b"{scrypt", Scheme::SPRING_SCRYPT, &spring::SCRYPT),
];

static LETTERS: [Mark; 6] = [
    Mark(b"md5", Scheme::POSTGRES_MD5, &databases::POSTGRES_MD5),
    Mark(
        b"SCRAM-SHA-256$",
        Scheme::POSTGRES_SCRAM,
        &databases::POSTGRES_SCRAM,
    ),
    Mark(b"S:", Scheme::ORACLE11, &databases::ORACLE11),
    Mark(b"S:", Scheme::ORACLE12, &databases::ORACLE12),
    Mark(b"H:", Scheme::ORACLE12, &databases::ORACLE12),
    Mark(b"T:", Scheme::ORACLE12, &databases::ORACLE12),
];
