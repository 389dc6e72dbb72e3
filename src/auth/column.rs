//! What a login knows of the column that it reads, and what the column says of a stored value.

use crate::policy::Normalize;
use crate::scheme::{Context, Declared, Dialect, Outer, Recognised, recognise, verify};
use crate::secret::{Password, StoredHash};

/// What a login knows of the column that it reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// The scheme of the values that have no prefix of their own.
    pub declared: Declared,
    /// The target: the hash of new values, against which old values are compared.
    pub outer: Outer,
    /// The dialect of new values.
    pub dialect: Dialect,
    /// How passwords are normalised before they are hashed. Only secret answers are.
    pub normalize: Option<Normalize>,
}

impl Column {
    /// Whether the password opens the stored value. It makes no better hash, and its time shows
    /// what the stored hash costs.
    pub fn opens(&self, stored: &StoredHash, password: &Password, context: &Context<'_>) -> bool {
        verify(stored, password, self.declared, context) == Ok(true)
    }

    /// Whether a user with this value may choose a new password by a token. A user who was reset
    /// may. A user who has no password or is locked may not.
    pub fn may_choose(&self, stored: Option<&StoredHash>) -> bool {
        !matches!(
            recognise(stored.map(StoredHash::as_bytes), self.declared),
            Recognised::Null | Recognised::Empty | Recognised::Marker(_) | Recognised::TooLong
        )
    }

    /// Whether the stored value is a dead one of saltern's: no password opens it, and its user must
    /// choose a new password.
    pub fn is_dead(&self, stored: &StoredHash) -> bool {
        recognise(Some(stored.as_bytes()), self.declared) == Recognised::Dead
    }
}
