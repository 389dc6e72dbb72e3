//! Columns that divide the rows of a table: by few values, by NULL, by a date or by the key.
//!
//! They are read beside the value, to see for which rows a proof holds. Here is chosen which of a
//! table's columns are read, and how. What their values mean is not decided here.

use super::catalog::types_of;
use super::divider_sql::{DividerSql, WORD_BYTES_MAX};
use super::info::{ColumnInfo, TypeFamily};
use super::last_login::UNREADABLE;
use super::names::{self, Guess};
use crate::config::Credential;
use crate::store::sql::{Ident, Kind, RowRef, StoreError, moment};

/// A column that divides the rows, and how it is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DividerColumn {
    /// The exact name.
    pub name: String,
    /// What is read of it.
    pub form: DividerForm,
    /// Whether its name says that it tells a scheme.
    pub speaks_of_schemes: bool,
    /// The expression over the alias `t`.
    pub(in crate::store) sql: String,
}

/// What is read of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DividerForm {
    /// A whole number that stands for a kind.
    Number,
    /// A whole number that grows: a part of the key, or a time since 1970.
    Counter,
    /// A word, cut behind [`WORD_BYTES_MAX`] bytes or later.
    Word,
    /// A date or a time, in milliseconds since 1970.
    Moment,
    /// A date or a time that is written as text.
    MomentText,
    /// Whether there is a value, and nothing more of it: it is a salt, a secret or a name.
    Presence,
}

/// What a row has in a divider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Divided<'r> {
    /// NULL.
    Null,
    /// The empty string.
    Empty,
    /// A value of which nothing more is read.
    Present,
    /// A whole number.
    Int(i64),
    /// Milliseconds since 1970.
    Moment(i64),
    /// Text.
    Word(&'r [u8]),
    /// A value that is no date, in a column of dates; or a word that is too long.
    Other,
}

/// The most columns that are read beside the value.
pub const DIVIDERS_MAX: usize = 32;

/// A text column that is declared for more characters than this holds no kinds. Many frameworks
/// declare every column with this length.
const DECLARED_CHARS_MAX: u64 = 255;

impl DividerColumn {
    /// What a row of an answer has at this position.
    pub(in crate::store) fn read<'r>(
        &self,
        row: &RowRef<'r>,
        at: usize,
    ) -> Result<Divided<'r>, StoreError> {
        Ok(match self.form {
            DividerForm::Number | DividerForm::Counter => {
                row.int(at)?.map_or(Divided::Null, Divided::Int)
            }
            DividerForm::Presence => match row.int(at)? {
                None => Divided::Null,
                Some(0) => Divided::Empty,
                Some(_) => Divided::Present,
            },
            DividerForm::Moment => match row.int(at)? {
                None => Divided::Null,
                Some(UNREADABLE) => Divided::Other,
                Some(ms) => Divided::Moment(ms),
            },
            DividerForm::Word => match row.bytes(at)? {
                None => Divided::Null,
                Some([]) => Divided::Empty,
                Some(word) if word.len() > WORD_BYTES_MAX => Divided::Other,
                Some(word) => Divided::Word(word),
            },
            DividerForm::MomentText => match row.bytes(at)? {
                None => Divided::Null,
                Some([]) => Divided::Empty,
                Some(text) => std::str::from_utf8(text)
                    .ok()
                    .and_then(moment::parse)
                    .map_or(Divided::Other, Divided::Moment),
            },
        })
    }
}

/// A divider with its rank, the lowest first; none where the column's type divides nothing.
///
/// # Errors
/// A name that can't be an identifier.
pub(super) fn divider_of(
    kind: Kind,
    info: &ColumnInfo,
    credential: &Credential,
) -> Result<Option<(u8, DividerColumn)>, StoreError> {
    let at = format!("t.{}", Ident::new(kind, &info.name)?);
    let speaks_of_schemes = names::speaks_of_schemes(&info.name);
    let is_key = credential.key.contains(&info.name);
    let is_companion = [&credential.salt, &credential.salt2]
        .into_iter()
        .any(|named| named.as_ref() == Some(&info.name));
    let is_secret = is_companion
        || names::is_salt(&info.name)
        || matches!(info.family, TypeFamily::Bytes | TypeFamily::FixedBytes)
        || (Guess::of(&info.name).is_some() && !speaks_of_schemes);
    let is_date = names::is_date(&info.name) || declares_date(info);
    let (form, sql) = if is_secret || (names::is_user_name(&info.name) && !is_key) {
        let empty = format!("length({at}) = 0");
        let is_text = matches!(
            info.family,
            TypeFamily::Text | TypeFamily::Bytes | TypeFamily::FixedBytes | TypeFamily::Any
        );
        let empty = if is_text { empty.as_str() } else { "1 = 0" };
        let sql = format!("CASE WHEN {at} IS NULL THEN NULL WHEN {empty} THEN 0 ELSE 1 END");
        (DividerForm::Presence, kind.words().integer(&sql))
    } else {
        match types_of(kind).divider(info, &at) {
            Some(DividerSql::Number(sql)) if is_key || is_date => (DividerForm::Counter, sql),
            Some(DividerSql::Number(sql)) => (DividerForm::Number, sql),
            Some(DividerSql::Moment(sql)) => (DividerForm::Moment, sql),
            Some(DividerSql::Word(sql)) if is_date => (DividerForm::MomentText, sql),
            Some(DividerSql::Word(sql)) if !is_key && !is_long(info) => (DividerForm::Word, sql),
            Some(DividerSql::Word(_)) | None => return Ok(None),
        }
    };
    let rank = match form {
        _ if speaks_of_schemes => 0,
        _ if is_key || is_companion => 1,
        DividerForm::Moment | DividerForm::MomentText | DividerForm::Counter => 2,
        DividerForm::Presence if names::is_salt(&info.name) => 2,
        DividerForm::Number => 3,
        DividerForm::Word => 4,
        DividerForm::Presence => 5,
    };
    let divider = DividerColumn {
        name: info.name.clone(),
        form,
        speaks_of_schemes,
        sql,
    };
    Ok(Some((rank, divider)))
}

/// SQLite keeps a declared type that it gives no meaning to.
fn declares_date(info: &ColumnInfo) -> bool {
    let declared = info.declared.to_ascii_uppercase();
    matches!(info.family, TypeFamily::Any | TypeFamily::Text)
        && ["DATE", "TIME"].iter().any(|word| declared.contains(word))
}

/// Whether a text column is declared for long text.
fn is_long(info: &ColumnInfo) -> bool {
    info.max_len.is_some_and(|most| most > DECLARED_CHARS_MAX)
}
