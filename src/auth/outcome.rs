//! What comes out of a login.

use std::fmt;

use zeroize::Zeroizing;

/// What came out of a login.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is not the password.
    Mismatch,
    /// It is the password, and the stored value is as strong as the target.
    Match,
    /// It is the password, and this value is to be stored in place of the old one.
    MatchNeedsRehash(Replacement),
}

/// A value to store in place of the old one.
#[derive(Clone, PartialEq, Eq)]
pub struct Replacement(pub(super) Zeroizing<String>);

impl Replacement {
    /// The text to store, all ASCII.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Blind, because it holds a hash.
impl fmt::Debug for Replacement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Replacement(..)")
    }
}
