//! The hash that a run makes, with its parameters.
//!
//! It computes nothing: `kdf` does for one value, `kernel` for many.

use super::scheme::Scheme;
use super::strength::{Argon2Variant, Prf, Strength};

/// The hash that a run makes, with its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outer {
    /// Argon2id, version 19, 32 bytes.
    Argon2id {
        /// Memory in KiB.
        memory_kib: u32,
        /// Passes.
        iterations: u32,
        /// Lanes.
        parallelism: u32,
    },
    /// bcrypt.
    Bcrypt {
        /// log2 of the rounds.
        cost: u32,
        /// How its strings begin.
        prefix: BcryptPrefix,
    },
    /// PBKDF2-HMAC-SHA-256, 32 bytes: for sites that may use nothing that FIPS 140 does not list.
    Pbkdf2Sha256 {
        /// Rounds.
        iterations: u32,
    },
}

/// The prefixes of bcrypt that mean the same function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BcryptPrefix {
    /// `$2a$`.
    A,
    /// `$2b$`.
    B,
    /// `$2y$`, the only one that PHP knows by name.
    Y,
}

/// bcrypt reads 72 bytes, and the last of them is the NUL behind the text.
pub(in crate::scheme) const BCRYPT_BYTES_MAX: usize = 71;

impl Outer {
    /// The identifier at the front of its strings.
    pub fn id(&self) -> &'static str {
        match self {
            Self::Argon2id { .. } => "argon2id",
            Self::Bcrypt { prefix, .. } => prefix.as_str(),
            Self::Pbkdf2Sha256 { .. } => "pbkdf2-sha256",
        }
    }

    /// The scheme of its strings.
    pub fn scheme(&self) -> Scheme {
        match self {
            Self::Argon2id { .. } => Scheme::ARGON2ID,
            Self::Bcrypt {
                prefix: BcryptPrefix::A,
                ..
            } => Scheme::BCRYPT_2A,
            Self::Bcrypt {
                prefix: BcryptPrefix::B,
                ..
            } => Scheme::BCRYPT_2B,
            Self::Bcrypt {
                prefix: BcryptPrefix::Y,
                ..
            } => Scheme::BCRYPT_2Y,
            Self::Pbkdf2Sha256 { .. } => Scheme::KRATOS_PBKDF2,
        }
    }

    /// How strong its strings are.
    pub fn strength(&self) -> Strength {
        match *self {
            Self::Argon2id {
                memory_kib,
                iterations,
                parallelism,
            } => Strength::Argon2 {
                variant: Argon2Variant::Id,
                memory_kib,
                iterations,
                parallelism,
            },
            Self::Bcrypt { cost, .. } => Strength::Bcrypt { cost },
            Self::Pbkdf2Sha256 { iterations } => Strength::Pbkdf2 {
                prf: Prf::Sha256,
                iterations,
            },
        }
    }

    /// How many bytes the hash has.
    pub fn digest_len(&self) -> usize {
        match self {
            Self::Argon2id { .. } | Self::Pbkdf2Sha256 { .. } => 32,
            Self::Bcrypt { .. } => 23,
        }
    }
}

impl BcryptPrefix {
    /// The prefix without its dollars.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::A => "2a",
            Self::B => "2b",
            Self::Y => "2y",
        }
    }

    /// The prefix of that name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::A, Self::B, Self::Y]
            .into_iter()
            .find(|prefix| prefix.as_str() == name)
    }
}
