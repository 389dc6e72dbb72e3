//! One row of the user table: as it streams by, or kept.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use zeroize::Zeroizing;

use crate::census::DividerValue;
use crate::policy::LastLogin;
use crate::scheme::{CompanionReadings, SaltBeside};
use crate::secret::{InnerSalt, StoredHash};
use crate::store::sql::{RowRef, StoreError};
use crate::store::table::{
    COMPANIONS, Companion, CompanionBytes, DividerColumn, Key, KeyKind, PaddedColumn,
    ReadCompanion, readings,
};

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
    pub(super) read_companions: &'r [ReadCompanion],
    pub(super) companions_at: usize,
    pub(super) dividers: &'r [DividerColumn],
    pub(super) dividers_at: usize,
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

impl<'r> ScanRow<'r> {
    /// What stands in the columns of its salts, where the scan was asked for them.
    ///
    /// # Errors
    /// A value of an unexpected type.
    pub fn salt_beside(&self) -> Result<SaltBeside, StoreError> {
        let mut beside = SaltBeside::Given;
        let mut matches = self.companions_at + self.companions.len();
        for (at, (which, read)) in self.companions.iter().zip(self.read_companions).enumerate() {
            let mut found = 1;
            if read.matches.is_some() {
                found = self.row.number(matches)?;
                matches += 1;
            }
            if matches!(which, Companion::Salt | Companion::Salt2) {
                let bytes = self.row.bytes(self.companions_at + at)?;
                beside = with_another(beside, read.salt_beside(bytes, found));
            }
        }
        Ok(beside)
    }

    /// What the row has in the divider of this number; none where the column was not asked for it.
    ///
    /// # Errors
    /// A value of an unexpected type.
    pub fn divided(&self, number: usize) -> Result<Option<DividerValue<'r>>, StoreError> {
        let read = |divider: &DividerColumn| divider.read(&self.row, self.dividers_at + number);
        self.dividers.get(number).map(read).transpose()
    }

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
    pub fn companion(&self, which: &Companion) -> Result<Option<Cow<'_, [u8]>>, StoreError> {
        let Some(at) = self.companions.iter().position(|one| one == which) else {
            return Ok(None);
        };
        let read = self.row.bytes(self.companions_at + at)?;
        Ok(read.map(|read| self.read_companions[at].padding.value(read)))
    }
}

/// What a kept row has in a divider.
#[derive(Clone)]
pub(super) enum KeptDivided {
    /// All that is no text.
    Plain(DividerValue<'static>),
    Text(Vec<u8>),
}

/// Blind: it may be anything of the row.
impl std::fmt::Debug for KeptDivided {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("KeptDivided(..)")
    }
}

impl From<DividerValue<'_>> for KeptDivided {
    fn from(value: DividerValue<'_>) -> Self {
        match value {
            DividerValue::Bytes(text) => Self::Text(text.to_vec()),
            DividerValue::Null => Self::Plain(DividerValue::Null),
            DividerValue::Number(number) => Self::Plain(DividerValue::Number(number)),
            DividerValue::Unread => Self::Plain(DividerValue::Unread),
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
    /// What stands there, in the same order.
    pub(super) companion_values: Vec<CompanionValue>,
    /// What it has in the dividers that were asked for, in their order.
    pub(super) divided: Vec<KeptDivided>,
}

/// What a companion of a row is.
#[derive(Clone)]
pub(super) struct CompanionValue {
    /// The bytes as they were read.
    pub(super) bytes: Option<InnerSalt>,
    pub(super) padding: PaddedColumn,
    /// What it is, where it is a salt.
    pub(super) beside: SaltBeside,
}

/// What two salts of a row are together.
fn with_another(one: SaltBeside, other: SaltBeside) -> SaltBeside {
    match (one, other) {
        (SaltBeside::Missing(_), _) | (_, SaltBeside::Given) => one,
        (_, other) => other,
    }
}

/// Blind: it is a salt or a name.
impl fmt::Debug for CompanionValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CompanionValue(..)")
    }
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

    /// What the row has in the divider of this number; none where the column was not asked for it.
    pub fn divided(&self, number: usize) -> Option<DividerValue<'_>> {
        Some(match self.divided.get(number)? {
            KeptDivided::Plain(plain) => *plain,
            KeptDivided::Text(text) => DividerValue::Bytes(text),
        })
    }

    /// The bytes of a companion; none for NULL, or where the column was not asked for it.
    pub fn companion(&self, which: &Companion) -> Option<Cow<'_, [u8]>> {
        let value = self.companion_value(which)?;
        Some(value.padding.value(value.bytes.as_ref()?.as_bytes()))
    }

    /// What stands in its columns of logins, as a token is bound to it: of one column its bytes,
    /// and of several all of them.
    pub fn bound_login(&self) -> Option<Zeroizing<Vec<u8>>> {
        let is_other = |which: &&Companion| matches!(which, Companion::OtherLogin(_));
        let first = self.companion(&Companion::Login);
        let mut others = self.companions.iter().filter(is_other).peekable();
        if others.peek().is_none() {
            return first.map(|login| Zeroizing::new(login.into_owned()));
        }
        let mut bound = Zeroizing::new(Vec::new());
        for login in std::iter::once(first).chain(others.map(|which| self.companion(which))) {
            // With its length before it, no other two texts make the same bytes.
            match login {
                Some(login) => {
                    bound.push(1);
                    bound.extend_from_slice(&(login.len() as u64).to_be_bytes());
                    bound.extend_from_slice(&login);
                }
                None => bound.push(0),
            }
        }
        Some(bound)
    }

    /// What stands in its columns of logins, one after the other.
    pub fn logins(&self) -> impl Iterator<Item = Cow<'_, [u8]>> {
        let logins = self
            .companions
            .iter()
            .filter(|which| matches!(which, Companion::Login | Companion::OtherLogin(_)));
        logins.filter_map(|which| self.companion(which))
    }

    /// What a companion may also have been to an application, because its column pads.
    pub fn companion_otherwise(&self, which: &Companion) -> Option<Cow<'_, [u8]>> {
        let value = self.companion_value(which)?;
        value.padding.otherwise(value.bytes.as_ref()?.as_bytes())
    }

    /// All of [`COMPANIONS`], in each way in which an application may have had them.
    pub fn readings(&self) -> CompanionReadings {
        readings(COMPANIONS.each_ref().map(|which| {
            let value = self.companion_value(which);
            CompanionBytes {
                read: value
                    .and_then(|value| value.bytes.as_ref())
                    .map(InnerSalt::as_bytes),
                column: value.map(|value| value.padding).unwrap_or_default(),
            }
        }))
    }

    /// Whether nothing stands in a companion's column, or nothing but its padding.
    pub fn companion_is_empty(&self, which: &Companion) -> bool {
        self.companion_value(which).is_none_or(|value| {
            let bytes = value.bytes.as_ref().map(InnerSalt::as_bytes);
            bytes.is_none_or(|bytes| value.padding.is_blank(bytes))
        })
    }

    /// What stands in the columns of its salts, where they were asked for.
    pub fn salt_beside(&self) -> SaltBeside {
        let salts = self.companions.iter().zip(&self.companion_values);
        salts
            .filter(|(which, _)| matches!(which, Companion::Salt | Companion::Salt2))
            .fold(SaltBeside::Given, |beside, (_, value)| {
                with_another(beside, value.beside)
            })
    }

    fn companion_value(&self, which: &Companion) -> Option<&CompanionValue> {
        let at = self.companions.iter().position(|one| one == which)?;
        self.companion_values.get(at)
    }
}
