//! The outer hash of a run: its parameters, what goes into it, and the native string that comes out.
//!
//! It formats what others hashed; it hashes nothing itself but a text that is too long for bcrypt.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use sha2::{Digest, Sha384};
use thiserror::Error;
use zeroize::Zeroizing;

use super::{Argon2Variant, Dialect, InnerId, Prf, Scheme, Strength};

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

/// A text as the outer hash takes it.
#[derive(Clone)]
pub struct OuterInput {
    /// What is hashed.
    pub text: Zeroizing<Vec<u8>>,
    /// The id under which the result is marked; none for a native string.
    pub inner: Option<InnerId>,
}

/// Blind, because the text is a password or a digest.
impl fmt::Debug for OuterInput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OuterInput(.., {:?})", self.inner)
    }
}

/// Why a text can't go into the outer hash.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum OuterError {
    /// bcrypt can't take the text as it is, and the id has no room for the mark of the way round that.
    #[error(
        "the inner id {inner} has no room for `{}`, which bcrypt needs for a text of more than {BCRYPT_BYTES_MAX} bytes",
        InnerId::LONG_SUFFIX
    )]
    IdTooLong {
        /// The id.
        inner: InnerId,
    },
}

/// bcrypt reads 72 bytes, and the last of them is the NUL behind the text.
pub(super) const BCRYPT_BYTES_MAX: usize = 71;

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

/// The native string of a hash.
pub fn format(outer: &Outer, salt: &[u8], digest: &[u8]) -> String {
    debug_assert_eq!(
        digest.len(),
        outer.digest_len(),
        "the hash has the length that the outer function makes"
    );
    match *outer {
        Outer::Argon2id {
            memory_kib,
            iterations,
            parallelism,
        } => {
            let mut text = format!("$argon2id$v=19$m={memory_kib},t={iterations},p={parallelism}$");
            STANDARD_NO_PAD.encode_string(salt, &mut text);
            text.push('$');
            STANDARD_NO_PAD.encode_string(digest, &mut text);
            text
        }
        Outer::Pbkdf2Sha256 { iterations } => {
            let mut text = format!("$pbkdf2-sha256$i={iterations},l={}$", digest.len());
            STANDARD_NO_PAD.encode_string(salt, &mut text);
            text.push('$');
            STANDARD_NO_PAD.encode_string(digest, &mut text);
            text
        }
        Outer::Bcrypt { cost, prefix } => {
            let mut text = format!("${}${cost:02}$", prefix.as_str());
            bcrypt::BASE_64.encode_string(salt, &mut text);
            bcrypt::BASE_64.encode_string(digest, &mut text);
            text
        }
    }
}

/// How many characters the longest value has whose mark has at most so many ([`mark_len`]); 0 is a native string.
pub fn longest(outer: &Outer, dialect: Dialect, longest_mark: usize) -> usize {
    let digest = &[0; 32][..outer.digest_len()];
    let native = dialect.spell(outer, &[0; 16], digest, None).len();
    match longest_mark.checked_sub(Dialect::Phc.joint(outer).len()) {
        None => native,
        Some(without_joint) => native + dialect.joint(outer).len() + without_joint,
    }
}

/// How many characters a mark adds to a native string under [`Dialect::Phc`]: the id, and a setting of so many bytes behind the hash.
pub fn mark_len(inner: &InnerId, setting_bytes: usize) -> usize {
    let setting = match setting_bytes {
        0 => 0,
        bytes => "$is=".len() + (bytes.saturating_mul(8)).div_ceil(6),
    };
    "--".len() + inner.as_str().len() + setting
}

/// The text as the outer hash takes it, and the id that says so.
///
/// bcrypt takes 71 bytes and no NUL: another text goes in as base64 of its SHA-384, marked `<inner>-b64s384`, or `sha384-b64` where
/// the text is the password itself.
pub fn outer_input(
    outer: &Outer,
    text: &[u8],
    inner: Option<&InnerId>,
) -> Result<OuterInput, OuterError> {
    let fits = match outer {
        Outer::Argon2id { .. } | Outer::Pbkdf2Sha256 { .. } => true,
        Outer::Bcrypt { .. } => text.len() <= BCRYPT_BYTES_MAX && !text.contains(&0),
    };
    if fits {
        return Ok(OuterInput {
            text: Zeroizing::new(text.to_vec()),
            inner: inner.copied(),
        });
    }
    let inner = match inner {
        Some(inner) => inner
            .long()
            .ok_or(OuterError::IdTooLong { inner: *inner })?,
        None => InnerId::SHA384_B64,
    };
    Ok(OuterInput {
        text: base64_sha384(text),
        inner: Some(inner),
    })
}

/// base64 without padding of the SHA-384 of a text: 64 characters.
pub(super) fn base64_sha384(text: &[u8]) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(STANDARD_NO_PAD.encode(Sha384::digest(text)).into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scheme::Mark;

    const ARGON2ID: Outer = Outer::Argon2id {
        memory_kib: 19_456,
        iterations: 2,
        parallelism: 1,
    };
    const BCRYPT: Outer = Outer::Bcrypt {
        cost: 4,
        prefix: BcryptPrefix::Y,
    };

    const PBKDF2: Outer = Outer::Pbkdf2Sha256 {
        iterations: 600_000,
    };

    fn check_input(outer: &Outer, text: &[u8], inner: Option<&str>, expected: Option<&str>) {
        let inner = inner.map(|id| InnerId::parse(id).expect("a good id"));
        let input = outer_input(outer, text, inner.as_ref()).expect("an id with room");
        assert_eq!(input.inner.as_ref().map(InnerId::as_str), expected);
        let as_it_is = expected == inner.as_ref().map(InnerId::as_str);
        assert_eq!(input.text.as_slice() == text, as_it_is);
        assert!(as_it_is || input.text.len() == 64);
    }

    #[test]
    fn the_strings_are_native_ones() {
        assert_eq!(
            format(&ARGON2ID, b"saltsaltsaltsalt", &[0; 32]),
            "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
        );
        assert_eq!(
            format(&BCRYPT, &[0; 16], &[0; 23]),
            format!("$2y$04${}", ".".repeat(53))
        );
        assert_eq!(
            format(&PBKDF2, b"saltsaltsaltsalt", &[0; 32]),
            "$pbkdf2-sha256$i=600000,l=32$c2FsdHNhbHRzYWx0c2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
        );
    }

    #[test]
    fn the_longest_value_counts_the_mark() {
        for dialect in Dialect::ALL {
            for (setting, inner) in [
                (&b""[..], "md5"),
                (b"a", "md5"),
                (b"eight by", "ldap-ssha"),
                (b"nine byte", "a"),
            ] {
                let inner = InnerId::parse(inner).expect("a good id");
                let mark = Mark {
                    inner: &inner,
                    is: (!setting.is_empty()).then_some(setting),
                };
                for outer in [ARGON2ID, BCRYPT, PBKDF2] {
                    let digest = &[0; 32][..outer.digest_len()];
                    let native = dialect.spell(&outer, &[0; 16], digest, None);
                    assert_eq!(longest(&outer, dialect, 0), native.len());
                    let value = dialect.spell(&outer, &[0; 16], digest, Some(mark));
                    let len = mark_len(&inner, setting.len());
                    assert_eq!(longest(&outer, dialect, len), value.len(), "{value}");
                }
            }
        }
    }

    #[test]
    fn argon2_and_pbkdf2_take_every_text_as_it_is() {
        for outer in [&ARGON2ID, &PBKDF2] {
            check_input(outer, &[b'a'; 128], Some("sha512"), Some("sha512"));
            check_input(outer, b"a\0b", None, None);
        }
    }

    #[test]
    fn bcrypt_takes_71_bytes_as_they_are() {
        check_input(&BCRYPT, &[b'a'; 71], Some("md5"), Some("md5"));
        check_input(&BCRYPT, &[b'a'; 71], None, None);
    }

    #[test]
    fn bcrypt_takes_longer_texts_and_nul_by_way_of_sha384() {
        check_input(&BCRYPT, &[b'a'; 72], Some("sha512"), Some("sha512-b64s384"));
        check_input(&BCRYPT, &[b'a'; 72], None, Some("sha384-b64"));
        check_input(&BCRYPT, b"a\0b", None, Some("sha384-b64"));
        check_input(&BCRYPT, b"a\0b", Some("answer1"), Some("answer1-b64s384"));
    }

    #[test]
    fn an_id_without_room_for_the_mark_is_an_error() {
        let inner = InnerId::parse("x-abcd2345").expect("a good id");
        assert_eq!(
            outer_input(&BCRYPT, &[b'a'; 72], Some(&inner)).err(),
            Some(OuterError::IdTooLong { inner })
        );
    }
}
