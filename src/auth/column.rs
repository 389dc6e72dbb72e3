//! What a login knows of the column that it reads, and what it says of a stored value.

use crate::policy::Normalize;
use crate::scheme::{Context, Declared, Dialect, Outer, Recognised, Strength, recognise, verify};
use crate::secret::{Password, StoredHash};

/// What a login knows of the column that it reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// What the values are that carry no mark of their own.
    pub declared: Declared,
    /// The hash that new values are made with, and that old ones are measured by.
    pub outer: Outer,
    /// How new values are spelt.
    pub dialect: Dialect,
    /// How new values are normalised: secret answers are.
    pub normalize: Option<Normalize>,
    /// The dearest hash that stands in the column, where it is dearer than the target and a failed login is to cost as much. None: one
    /// that fails costs a hash at the target.
    pub dearest: Option<Strength>,
}

impl Column {
    /// Whether the password opens the stored value. It makes no better hash, and does not hide what it costs.
    pub fn opens(&self, stored: &StoredHash, password: &Password, context: &Context<'_>) -> bool {
        verify(stored, password, self.declared, context) == Ok(true)
    }

    /// Whether a user with this value may be given a new password by a token. Who has no password, or was locked, is given none by it;
    /// who was reset is.
    pub fn may_choose(&self, stored: Option<&StoredHash>) -> bool {
        !matches!(
            recognise(stored.map(StoredHash::as_bytes), self.declared),
            Recognised::Null | Recognised::Empty | Recognised::Marker(_) | Recognised::TooLong
        )
    }

    /// Whether the stored value is one of saltern's dead ones: no password opens it, its user has to choose another.
    pub fn is_dead(&self, stored: &StoredHash) -> bool {
        recognise(Some(stored.as_bytes()), self.declared) == Recognised::Dead
    }
}
