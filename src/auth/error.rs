//! Why a login could not be decided.

use thiserror::Error;

use crate::scheme::{OuterError, VerifyError};

/// Why a login could not be decided. Not a word on whether the password is right.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum AuthError {
    /// The stored value can't be checked.
    #[error("the stored value can't be checked")]
    Verify(#[from] VerifyError),
    /// The new value can't be made.
    #[error("the new value can't be made")]
    Outer(#[from] OuterError),
    /// The target's own parameters are refused.
    #[error("the hash function refuses the target's parameters")]
    Target(#[source] VerifyError),
    /// An answer that is no UTF-8 has no normal form.
    #[error("the answer is no text in UTF-8")]
    AnswerUndecodable,
    /// Nothing is left of an answer when it is normalised: it would be opened by any such answer.
    #[error("nothing is left of the answer when it is normalised")]
    AnswerBlank,
}
