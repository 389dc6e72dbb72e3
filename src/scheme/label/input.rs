//! What goes into the outer hash: the text itself, or its SHA-384 where bcrypt can't take the text.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use sha2::{Digest, Sha384};
use thiserror::Error;
use zeroize::Zeroizing;

use crate::scheme::value::{BCRYPT_BYTES_MAX, InnerId, Outer};

/// A text as the outer hash takes it.
#[derive(Clone)]
pub struct OuterInput {
    /// What is hashed.
    pub text: Zeroizing<Vec<u8>>,
    /// The id under which the result is labelled; none for a native string.
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
    /// bcrypt can't take the text as it is, and the id has no room for the label of the way round
    /// that.
    #[error(
        "the inner id {inner} has no room for `{}`, which bcrypt needs for a text of more than {BCRYPT_BYTES_MAX} bytes",
        InnerId::LONG_SUFFIX
    )]
    IdTooLong {
        /// The id.
        inner: InnerId,
    },
}

/// The text as the outer hash takes it, and the id that says so.
///
/// bcrypt takes 71 bytes and no NUL. Another text goes in as base64 of its SHA-384, labelled
/// `<inner>-b64s384`. Where the text is the password itself, the label is `sha384-b64`.
pub fn outer_input(
    outer: &Outer,
    text: &[u8],
    inner: Option<&InnerId>,
) -> Result<OuterInput, OuterError> {
    let fits = match outer {
        Outer::Argon2id { .. } | Outer::Pbkdf2Sha256 { .. } => true,
        Outer::Bcrypt { .. } => bcrypt_takes(text),
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

/// Whether bcrypt takes a text as it is: 71 bytes at the most, and no NUL.
pub fn bcrypt_takes(text: &[u8]) -> bool {
    text.len() <= BCRYPT_BYTES_MAX && !text.contains(&0)
}

/// base64 without padding of the SHA-384 of a text: 64 characters.
pub(in crate::scheme) fn base64_sha384(text: &[u8]) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(STANDARD_NO_PAD.encode(Sha384::digest(text)).into_bytes())
}
