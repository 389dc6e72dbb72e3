//! A column that says which scheme a row has: which rows are of a credential, and what the swap
//! sets the column to.

use super::catalog::types_of;
use super::info::{ColumnInfo, TableInfo};
use crate::config::{Credential, FormatValue};
use crate::store::sql::{Ident, Kind, StoreError};

/// The column of a credential that has one scheme of several.
#[derive(Clone, Debug)]
pub(crate) struct FormatColumn {
    pub(crate) ident: Ident,
    /// As the catalogue has it.
    pub(crate) info: ColumnInfo,
    /// A condition that a row is the credential's. The swap asks it once more.
    pub(crate) is_ours: String,
    /// A condition that the file names the row's value.
    pub(crate) is_named: String,
    /// The value as text, in bytes.
    pub(crate) text: String,
    /// Whether it is the first value that the file lists.
    pub(crate) is_first: bool,
    /// What the swap sets the column to; none where it stays.
    pub(crate) write: Option<FormatWriteSql>,
}

/// What a swap sets the column to.
#[derive(Clone, Debug)]
pub(crate) struct FormatWriteSql {
    /// Beside a value with a label.
    pub(crate) wrapped: NewWord,
    /// Beside a native string.
    pub(crate) native: NewWord,
    /// Beside a dead value.
    pub(crate) dead: NewWord,
}

/// A word, as SQL.
#[derive(Clone, Debug)]
pub(crate) struct NewWord {
    /// The word itself.
    pub(crate) text: String,
    /// What the column is set to.
    pub(crate) set: String,
    /// A condition that it holds the word.
    pub(crate) is_set: String,
}

impl FormatColumn {
    /// Looks the column up.
    ///
    /// # Errors
    /// `Refused` where the table has no such column.
    pub(super) fn resolve(
        kind: Kind,
        credential: &Credential,
        table: &TableInfo,
        encoding: &str,
    ) -> Result<Option<Self>, StoreError> {
        let Some(part) = &credential.format else {
            return Ok(None);
        };
        let info = table.find(&part.column)?.clone();
        let ident = Ident::new(kind, &info.name)?;
        let at = format!("t.{ident}");
        let is = |value: &FormatValue| match value {
            None => format!("{at} IS NULL"),
            Some(word) => types_of(kind).is_word(&info, &at, word),
        };
        let any = |values: &[FormatValue]| {
            let each: Vec<String> = values.iter().map(is).collect();
            format!("({})", each.join(" OR "))
        };
        let new = |word: &String| NewWord {
            text: word.clone(),
            set: types_of(kind).word(word),
            is_set: types_of(kind).is_word(&info, &at, word),
        };
        Ok(Some(Self {
            is_ours: any(part.values()),
            is_named: any(&part.named),
            text: types_of(kind).bytes(&info, &at, encoding),
            is_first: part.values().first() == part.named.first(),
            write: part.write.as_ref().map(|write| FormatWriteSql {
                wrapped: new(&write.wrapped),
                native: new(&write.native),
                dead: new(&write.dead),
            }),
            ident,
            info,
        }))
    }
}
