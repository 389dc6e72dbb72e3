//! Why a text is no expression, and the bounds that it broke.

use thiserror::Error;

/// The longest text that is read.
pub(in crate::scheme) const TEXT_BYTES_MAX: usize = 512;

/// How deep calls may stand in one another.
pub(in crate::scheme) const DEPTH_MAX: usize = 16;

/// How many pieces there may be.
pub(in crate::scheme) const NODES_MAX: usize = 128;

/// How often all repetitions together may go round: what a login may cost of crypt(3)'s rounds.
pub(in crate::scheme) const ROUNDS_MAX: u32 = 5_000_000;

/// How many times longer than what goes in the text before a hash may become.
pub(in crate::scheme) const GROWTH_MAX: usize = 64;

/// Why a text is no expression.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum ExpressionError {
    /// It is too long, as it stands or written out.
    #[error("the expression has {actual} bytes, more than {TEXT_BYTES_MAX}")]
    TooLong {
        /// How many it has.
        actual: usize,
    },
    /// Something else should stand there.
    #[error("{expected} expected at character {at}, not {found}")]
    Expected {
        /// What should.
        expected: &'static str,
        /// The character's number, from 1.
        at: usize,
        /// What stands there.
        found: String,
    },
    /// A name that is none of the language's.
    #[error(
        "`{name}` at character {at} is neither a hash function nor anything else that is known"
    )]
    Unknown {
        /// The name.
        name: String,
        /// The character's number, from 1.
        at: usize,
    },
    /// Too many pieces, or too deep.
    #[error("the expression has more than {NODES_MAX} pieces or more than {DEPTH_MAX} levels")]
    TooComplex,
    /// Too many rounds.
    #[error("`repeat` goes round more than {ROUNDS_MAX} times")]
    TooManyRounds,
    /// The text before a hash could become too long.
    #[error(
        "the text that is hashed can become more than {GROWTH_MAX} times longer than what goes in"
    )]
    Grows,
    /// What comes out has no fixed length.
    #[error(
        "what comes out is no digest: a hash function must stand outermost, or `base64`, `hex` or `cut` around one"
    )]
    NoDigest,
    /// The process has read too many different ones.
    #[error("too many different expressions")]
    TooMany,
    /// The password takes no part.
    #[error("the password (`pass`) takes no part in it")]
    NoPassword,
}
