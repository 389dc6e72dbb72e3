//! One row to be written: what is read there, what shall stand there, and why.

use crate::scheme::unlabel;
use crate::secret::StoredHash;
use crate::store::ledger::{QuarantineReason, ResetReason};
use crate::store::read::Storage;
use crate::store::sql::StoreError;
use crate::store::table::{CredentialColumn, Key, NewForm, RowChange, SplitValue, split_label};

/// One row to be swapped: the key, the exact bytes that were read, and what shall stand there.
#[derive(Debug, Clone)]
pub struct Swap {
    /// The row's key.
    pub key: Key,
    /// The stored bytes as they were read.
    pub old: StoredHash,
    /// How SQLite stored them.
    pub storage: Storage,
    /// The new value: ASCII text.
    pub new: StoredHash,
    /// What the ledger keeps on the password behind it.
    pub verdict: KeptVerdict,
}

/// What becomes of the ledger's verdict that a row's password is known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum KeptVerdict {
    /// There is none to keep; one on an older value is void.
    #[default]
    None,
    /// It is known.
    Known,
    /// The value is the same under another spelling: what was kept on it stays true.
    Follows,
}

impl Swap {
    /// Whether the row is wrapped by it: a new label on what is wrapped already is no wrap.
    pub(super) fn is_wrap(&self) -> bool {
        is_labelled(&self.new) && !is_labelled(&self.old)
    }

    /// What the new value is.
    pub(super) fn new_form(&self) -> NewForm {
        match is_labelled(&self.new) {
            true => NewForm::Labelled,
            false => NewForm::Native,
        }
    }

    /// What a run writes with it.
    pub(super) fn change(&self, column: &CredentialColumn) -> RowChange {
        match self.new_form() {
            // One statement for all where it would be the same.
            _ if !column.tells_forms_apart() => RowChange::Value(NewForm::Native),
            NewForm::Labelled if self.is_wrap() => RowChange::Wrap,
            form => RowChange::Value(form),
        }
    }

    /// What a login writes with it.
    ///
    /// A login that wraps the old value leaves what the old value needs, as a run does: its salt
    /// may be what `on_login` empties.
    pub(super) fn login_change(&self) -> RowChange {
        let label = std::str::from_utf8(self.new.as_bytes())
            .ok()
            .and_then(unlabel);
        match label {
            None => RowChange::Login(NewForm::Native),
            Some(label) if label.inner.is_of_the_password() => RowChange::Login(NewForm::Labelled),
            Some(_) if self.is_wrap() => RowChange::Wrap,
            Some(_) => RowChange::Value(NewForm::Labelled),
        }
    }

    /// What is written into the column of the values, and into that of the labels.
    pub(super) fn new_text(&self, column: &CredentialColumn) -> Result<SplitValue, StoreError> {
        let new = std::str::from_utf8(self.new.as_bytes())
            .map_err(|_| StoreError::unexpected("writing a page", "a new value is not text"))?;
        Ok(match column.label {
            Some(_) => split_label(new),
            None => SplitValue::whole(new),
        })
    }
}

fn is_labelled(value: &StoredHash) -> bool {
    std::str::from_utf8(value.as_bytes()).is_ok_and(|value| unlabel(value).is_some())
}

/// What is to be done with one candidate row.
#[derive(Debug, Clone)]
pub enum PageItem {
    /// Swap its value.
    Swap(Swap),
    /// Swap its value for a dead one, and keep why.
    Reset(Swap, ResetReason),
    /// Leave it alone and say why.
    Quarantine {
        /// The row's key.
        key: Key,
        /// Why.
        reason: QuarantineReason,
        /// Its class.
        class: &'static str,
        /// Its length in bytes.
        bytes: i64,
    },
}

impl PageItem {
    /// The row's key.
    pub fn key(&self) -> &Key {
        match self {
            Self::Swap(s) | Self::Reset(s, _) => &s.key,
            Self::Quarantine { key, .. } => key,
        }
    }
}

/// The longest value that is swapped, in bytes: longer ones are quarantined before they get here.
pub const OLD_BYTES_MAX: usize = 4096;

/// The word that SQLite's `typeof` has for it.
pub(super) fn storage_name(storage: Storage) -> &'static str {
    match storage {
        Storage::Text => "text",
        Storage::Blob => "blob",
        // Never swapped: a number is quarantined (its leading zeros are lost).
        Storage::Number => "integer",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::table::KeyPart;

    fn check(old: &str, new: &str, change: RowChange) {
        let swap = Swap {
            key: Key(vec![KeyPart::Int(1)]),
            old: StoredHash::new(old),
            storage: Storage::Text,
            new: StoredHash::new(new),
            verdict: KeptVerdict::Follows,
        };
        assert_eq!(swap.login_change(), change, "{new}");
    }

    #[test]
    fn a_login_that_wraps_leaves_what_the_wrap_needs() {
        let wrapped = "$argon2id--descrypt$v=19$m=8,t=1,p=1$c2FsdA$aGFzaA$is=cnE";
        check("rqVTKtRlPS2tM", wrapped, RowChange::Wrap);
        check(wrapped, wrapped, RowChange::Value(NewForm::Labelled));
        let native = "$argon2id$v=19$m=8,t=1,p=1$c2FsdA$aGFzaA";
        check(wrapped, native, RowChange::Login(NewForm::Native));
        for label in ["$2b--sha384-b64$04$x", "$argon2id--answer1$x"] {
            check("x", label, RowChange::Login(NewForm::Labelled));
        }
    }
}
