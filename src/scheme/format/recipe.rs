//! What a digest, its salt and its parameters are, wherever they stand in a string.
//!
//! Most strings of frameworks and directories are these three, in forty spellings. The spellings
//! stand in `named`, `prefixed` and `dollars`.

use super::part::CodedBytes;
use crate::scheme::expression::Algorithm;
use crate::scheme::value::{Scheme, Strength};

/// What makes the digest of a password and a salt.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::scheme) enum Recipe {
    /// The digest of the password and the salt.
    PassSalt(Algorithm),
    /// The digest of the salt and the password.
    SaltPass(Algorithm),
    /// HMAC keyed by the salt; without a salt the digest of the password, as Werkzeug has it.
    Hmac(Algorithm),
    /// PBKDF2.
    Pbkdf2 {
        /// The digest inside its HMAC.
        algorithm: Algorithm,
        /// Rounds.
        iterations: u32,
    },
    /// scrypt.
    Scrypt {
        /// log2 of N.
        log_n: u32,
        /// Block size.
        r: u32,
        /// Parallelism.
        p: u32,
    },
    /// The stored key of SCRAM (RFC 5802).
    Scram {
        /// The digest inside its PBKDF2.
        algorithm: Algorithm,
        /// Rounds.
        iterations: u32,
    },
    /// The two states of MD5 after the keys of an HMAC.
    CramMd5,
    /// The digest of user, realm and password.
    DigestMd5,
    /// MD4 of the password in UTF-16LE.
    Ntlm,
    /// LAN Manager's.
    Lanman,
}

/// A string taken apart.
#[derive(Clone, Copy)]
pub(in crate::scheme) struct SaltedDigest<'v> {
    pub(in crate::scheme) scheme: Scheme,
    pub(in crate::scheme) recipe: Recipe,
    pub(in crate::scheme) salt: CodedBytes<'v>,
    pub(in crate::scheme) digest: CodedBytes<'v>,
}

impl SaltedDigest<'_> {
    /// What a scan wants to know of it.
    pub(in crate::scheme) fn native(&self) -> Native {
        (self.scheme, self.recipe.strength())
    }
}

impl Recipe {
    /// How strong its digests are.
    pub(in crate::scheme) fn strength(self) -> Strength {
        match self {
            Self::PassSalt(_)
            | Self::SaltPass(_)
            | Self::Hmac(_)
            | Self::CramMd5
            | Self::DigestMd5
            | Self::Ntlm
            | Self::Lanman => Strength::Fast,
            Self::Pbkdf2 {
                algorithm,
                iterations,
            }
            | Self::Scram {
                algorithm,
                iterations,
            } => Strength::Pbkdf2 {
                prf: algorithm.prf(),
                iterations,
            },
            Self::Scrypt { log_n, r, p } => Strength::Scrypt { log_n, r, p },
        }
    }

    /// The least number of bytes of a digest whose length may vary. A shorter one is no digest but
    /// a word.
    pub(in crate::scheme) const SLOW_BYTES_MIN: usize = 16;
}

/// PBKDF2 in a string of that scheme.
pub(in crate::scheme) fn pbkdf2<'v>(
    scheme: Scheme,
    (algorithm, iterations): (Algorithm, u32),
    salt: CodedBytes<'v>,
    digest: CodedBytes<'v>,
) -> Option<SaltedDigest<'v>> {
    let good = iterations >= 1 && digest.len() >= Recipe::SLOW_BYTES_MIN;
    good.then_some(SaltedDigest {
        scheme,
        recipe: Recipe::Pbkdf2 {
            algorithm,
            iterations,
        },
        salt,
        digest,
    })
}

/// scrypt in a string of that scheme.
pub(in crate::scheme) fn scrypt<'v>(
    scheme: Scheme,
    (log_n, r, p): (u32, u32, u32),
    salt: CodedBytes<'v>,
    digest: CodedBytes<'v>,
) -> Option<SaltedDigest<'v>> {
    let good =
        (1..=31).contains(&log_n) && r >= 1 && p >= 1 && digest.len() >= Recipe::SLOW_BYTES_MIN;
    good.then_some(SaltedDigest {
        scheme,
        recipe: Recipe::Scrypt { log_n, r, p },
        salt,
        digest,
    })
}

/// log2 of N where it is one of scrypt's.
pub(in crate::scheme) fn log_n(n: u32) -> Option<u32> {
    n.is_power_of_two().then(|| n.ilog2())
}

/// A string that was read: its scheme, and how strong it is with its parameters.
pub(in crate::scheme) type Native = (Scheme, Strength);
