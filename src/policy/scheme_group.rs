//! Schemes that an application reads by one function, and so calls by one name.

use crate::scheme::{Declared, Scheme};

/// Schemes that an application calls by one name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SchemeGroup {
    /// bcrypt, whatever its prefix.
    Bcrypt,
    /// Argon2, whichever of the three.
    Argon2,
    /// What `crypt(3)` reads.
    Crypt,
}

/// bcrypt's own.
const BCRYPT: [Scheme; 4] = [
    Scheme::BCRYPT_2A,
    Scheme::BCRYPT_2B,
    Scheme::BCRYPT_2X,
    Scheme::BCRYPT_2Y,
];

/// Argon2's own.
const ARGON2: [Scheme; 3] = [Scheme::ARGON2ID, Scheme::ARGON2I, Scheme::ARGON2D];

/// What `crypt(3)` reads besides.
const CRYPT: [Scheme; 10] = [
    Scheme::DESCRYPT,
    Scheme::BSDICRYPT,
    Scheme::MD5CRYPT,
    Scheme::SHA1CRYPT,
    Scheme::SHA256CRYPT,
    Scheme::SHA512CRYPT,
    Scheme::SUN_MD5,
    Scheme::SCRYPT_7,
    Scheme::YESCRYPT,
    Scheme::GOST_YESCRYPT,
];

impl SchemeGroup {
    /// Every group.
    pub const ALL: [Self; 3] = [Self::Bcrypt, Self::Argon2, Self::Crypt];

    /// The word in the configuration.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Bcrypt => "bcrypt",
            Self::Argon2 => "argon2",
            Self::Crypt => "crypt",
        }
    }

    /// The group of that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|group| group.as_str() == word)
    }

    /// The group of bcrypt's prefixes, which every reader of one of them takes.
    pub fn of(scheme: Scheme) -> Option<Self> {
        BCRYPT.contains(&scheme).then_some(Self::Bcrypt)
    }

    /// Whether a scheme is one of the group's.
    pub fn has(self, scheme: Scheme) -> bool {
        match self {
            Self::Bcrypt => BCRYPT.contains(&scheme),
            Self::Argon2 => ARGON2.contains(&scheme),
            Self::Crypt => BCRYPT.contains(&scheme) || CRYPT.contains(&scheme),
        }
    }

    /// What its values are that have no prefix.
    pub fn declared(self) -> Declared {
        match self {
            Self::Bcrypt | Self::Argon2 => Declared::Auto,
            Self::Crypt => Declared::Scheme(Scheme::DESCRYPT),
        }
    }
}
