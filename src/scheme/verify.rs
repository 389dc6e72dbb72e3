//! Whether a password opens a stored value: the login path, one at a time.
//!
//! It makes no new hash and hides no timing; that is `auth`'s.

use std::fmt;

use thiserror::Error;

use super::{Declared, InnerId, Scheme};
use crate::secret::{InnerSalt, Password, StoredHash};
use crate::text::Charset;

/// What a legacy scheme may need besides the stored value.
#[derive(Clone, Copy, Default)]
pub struct Context<'a> {
    /// The salt from its own column.
    pub salt: Option<&'a InnerSalt>,
    /// The second salt.
    pub salt2: Option<&'a InnerSalt>,
    /// The user's name.
    pub username: Option<&'a str>,
    /// The user's id.
    pub user_id: Option<&'a str>,
    /// The charset in which old passwords were hashed, tried after UTF-8.
    pub charset: Option<Charset>,
}

/// Blind, because salts and names are nobody's business.
impl fmt::Debug for Context<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Context(..)")
    }
}

/// Why a password could not be checked. Never a word on whether it is right.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum VerifyError {
    /// The scheme is known and can't be verified yet.
    #[error("values of scheme {scheme} can't be verified yet")]
    Unsupported {
        /// The scheme.
        scheme: Scheme,
    },
    /// What stands inside a wrapped value is not known to this version.
    #[error("the inner id {inner} is not known to this version")]
    UnknownInner {
        /// The id.
        inner: InnerId,
    },
    /// The stored value is nothing that is known, or its scheme isn't declared.
    #[error("the stored value is of no known scheme")]
    Unrecognised,
    /// The stored value demands more work than a login may cost.
    #[error("the stored value has {parameter}={actual}, more than the {max} that a login may cost")]
    TooCostly {
        /// Which parameter.
        parameter: &'static str,
        /// The most that is allowed.
        max: u32,
        /// What the value has.
        actual: u32,
    },
    /// The hash function refused the stored parameters.
    #[error("the hash function refuses the stored parameters")]
    Parameters,
}

/// Whether the password opens the stored value.
pub fn verify(
    stored: &StoredHash,
    password: &Password,
    declared: Declared,
    context: &Context<'_>,
) -> Result<bool, VerifyError> {
    let _ = (stored, password, declared, context);
    Err(VerifyError::Unrecognised)
}
