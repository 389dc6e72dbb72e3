//! A hit: a row that holds the digest of a common password.

/// A row that holds the digest of a common password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RowHit {
    /// The number of the candidate that makes it.
    pub candidate: u8,
    /// The number of the word.
    pub word: u16,
}
