//! Why a login could not be decided. No error says whether the password is right.

use thiserror::Error;

use crate::scheme::{OuterError, VerifyError};

/// Why a login could not be decided. It does not say whether the password is right.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum AuthError {
    /// The stored value can't be checked.
    #[error("the stored value can't be checked")]
    Verify(#[from] VerifyError),
    /// The new value can't be made.
    #[error("the new value can't be made")]
    Outer(#[from] OuterError),
    /// The hash function refuses the target's parameters.
    #[error("the hash function refuses the target's parameters")]
    Target(#[source] VerifyError),
    /// The answer is not UTF-8, so it has no normal form.
    #[error("the answer is no text in UTF-8")]
    AnswerUndecodable,
    /// Nothing is left of the answer when it is normalised. Any such answer would open it.
    #[error("nothing is left of the answer when it is normalised")]
    AnswerBlank,
}
