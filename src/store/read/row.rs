//! One row of the user table: as it streams by, or kept.

use std::sync::Arc;

use crate::policy::LastLogin;
use crate::secret::{InnerSalt, StoredHash};
use crate::store::sql::{RowRef, StoreError};
use crate::store::table::{Companion, Key, KeyKind};

/// How a value is stored.
///
/// SQLite keeps a value's own type; the swap compares it too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Storage {
    /// Text (on the other databases: whatever the column is).
    Text,
    /// Bytes.
    Blob,
    /// A number, in a column whose type made one out of what was written.
    Number,
}

/// One row as it streams by.
pub struct ScanRow<'r> {
    pub(super) row: RowRef<'r>,
    pub(super) key_at: usize,
    pub(super) companions: &'r [Companion],
    pub(super) companions_at: usize,
    pub(super) kinds: &'r [KeyKind],
    /// The stored bytes, without a column's own padding; none for NULL.
    pub value: Option<&'r [u8]>,
    /// How it is stored.
    pub storage: Storage,
    /// The last login.
    pub last_login: LastLogin,
    /// Whether `except` holds for it.
    pub excepted: bool,
    /// Whether the application's column says that the password must be changed.
    pub must_change: bool,
}

impl ScanRow<'_> {
    /// The row's key. Only where the scan was asked for it.
    ///
    /// # Errors
    /// A key of an unexpected type.
    pub fn key(&self) -> Result<Key, StoreError> {
        Key::read(&self.row, self.kinds, self.key_at)
    }

    /// The bytes of a companion; none for NULL, or where the column was not asked for it.
    ///
    /// # Errors
    /// A value of an unexpected type.
    pub fn companion(&self, which: &Companion) -> Result<Option<&[u8]>, StoreError> {
        match self.companions.iter().position(|one| one == which) {
            Some(at) => self.row.bytes(self.companions_at + at),
            None => Ok(None),
        }
    }
}

/// One row of a page, kept.
#[derive(Debug, Clone)]
pub struct Row {
    /// The key.
    pub key: Key,
    /// The exact stored bytes; none for NULL.
    pub stored: Option<StoredHash>,
    /// The value as Unicode text, where it is not the stored bytes (a latin1 column).
    pub unicode: Option<StoredHash>,
    /// How it is stored.
    pub storage: Storage,
    /// The last login.
    pub last_login: LastLogin,
    /// Whether `except` holds for it.
    pub excepted: bool,
    /// Whether the application's column says that the password must be changed.
    pub must_change: bool,
    /// How many bytes at the end of `stored` are the column's padding.
    pub(super) padding: usize,
    /// The companions that were asked for.
    pub(super) companions: Arc<[Companion]>,
    /// Their bytes, in the same order.
    pub(super) companion_bytes: Vec<Option<InnerSalt>>,
}

impl Row {
    /// The value without the column's own padding.
    pub fn value(&self) -> Option<&[u8]> {
        self.stored
            .as_ref()
            .map(|s| &s.as_bytes()[..s.as_bytes().len() - self.padding])
    }

    /// The bytes that a login would send for this plaintext.
    ///
    /// Unicode text where the column has another charset.
    pub fn plaintext(&self) -> Option<&[u8]> {
        self.unicode
            .as_ref()
            .map(StoredHash::as_bytes)
            .or_else(|| self.value())
    }

    /// The bytes of a companion; none for NULL, or where the column was not asked for it.
    pub fn companion(&self, which: &Companion) -> Option<&[u8]> {
        let at = self.companions.iter().position(|one| one == which)?;
        self.companion_bytes
            .get(at)?
            .as_ref()
            .map(InnerSalt::as_bytes)
    }
}
