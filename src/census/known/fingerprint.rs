//! The 128 bits that stand for a value, and the kinds of digests that a list can hold.

use std::fmt;

use sha2::{Digest as _, Sha256};

use crate::census::bits::first_bits;
use crate::scheme::Scheme;
use crate::text;

/// Stands for a value, or for a password under a scheme: the first 128 bits of its digest. The last
/// bit says whether the pwned list holds digests of this kind.
///
/// It may be all of an MD5 digest, so it is as secret as the value. It is never printed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint(pub(super) u128);

/// Which digests a list in the format of Have I Been Pwned holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PwnedKind {
    /// SHA-1, 40 hex digits.
    Sha1,
    /// NTLM, 32 hex digits.
    Ntlm,
}

/// Blind, because it may be a whole digest.
impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Fingerprint(..)")
    }
}

/// The bit that says whether the pwned list holds such digests.
pub(super) const IN_PWNED: u128 = 1;

impl PwnedKind {
    /// The scheme of its digests.
    pub fn scheme(self) -> Scheme {
        match self {
            Self::Sha1 => Scheme::SHA1,
            Self::Ntlm => Scheme::NTLM,
        }
    }

    /// How many hex digits each of them has.
    pub(super) fn digits(self) -> usize {
        match self {
            Self::Sha1 => 40,
            Self::Ntlm => 32,
        }
    }
}

impl Fingerprint {
    /// The fingerprint of a whole stored value: the first half of its SHA-256.
    ///
    /// The ledger keeps it for values with a random salt of their own, and for no others.
    pub fn of_value(value: &[u8]) -> Self {
        Self(first_bits(&Sha256::digest(text::trim(value))) & !IN_PWNED)
    }

    /// The fingerprint as the ledger spells it: 32 hex digits.
    pub fn to_hex(self) -> String {
        format!("{:032x}", self.0)
    }

    /// Reads the ledger's spelling.
    pub fn parse(text: &str) -> Option<Self> {
        let good = text.len() == 32 && text::is_hex(text.as_bytes());
        good.then(|| u128::from_str_radix(text, 16).ok().map(Self))?
    }
}
