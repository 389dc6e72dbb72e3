//! Columns that divide the rows of a table: by few values, by NULL, by a date or by the key.
//!
//! They are read beside the value, to see for which rows a proof holds. Here is chosen which of a
//! table's columns are read, and how. What their values mean is not decided here.

use super::catalog::types_of;
use super::divider_sql::{DividerSql, WORD_BYTES_MAX};
use super::guess::Guess;
use super::info::{ColumnInfo, TypeFamily};
use super::last_login::UNREADABLE;
use super::names;
use crate::census::{Divider, DividerKind, DividerValue};
use crate::config::Credential;
use crate::store::sql::{Ident, Kind, RowRef, StoreError, moment};

/// A column that divides the rows, and how it is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DividerColumn {
    /// Its name, and what its values are.
    pub divider: Divider,
    reading: DividerReading,
    /// The expression over the alias `t`.
    pub(in crate::store) sql: String,
}

/// How an answer is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum DividerReading {
    /// An integer.
    Integer,
    /// Text, cut behind [`WORD_BYTES_MAX`] bytes or later.
    Text,
    /// Milliseconds since 1970, with a mark for dates that have no number.
    Millis,
    /// A date or a time that is written as text.
    DateText,
    /// 0 for an empty value and 1 for another.
    Presence,
}

/// A text column that is declared for more characters than this holds no kinds. Many frameworks
/// declare every column with this length.
const DECLARED_CHARS_MAX: u64 = 255;

impl DividerColumn {
    /// What a row of an answer has at this position.
    pub(in crate::store) fn read<'r>(
        &self,
        row: &RowRef<'r>,
        at: usize,
    ) -> Result<DividerValue<'r>, StoreError> {
        let of_number = |number: i64| match (self.reading, number) {
            (DividerReading::Presence, 0) => DividerValue::Bytes(b""),
            // Nothing of the value is known but that it is there.
            (DividerReading::Presence, _) => DividerValue::Bytes(b"?"),
            (DividerReading::Millis, UNREADABLE) => DividerValue::Unread,
            (_, number) => DividerValue::Number(number),
        };
        let of_text = |text: &'r [u8]| match self.reading {
            DividerReading::DateText if !text.is_empty() => std::str::from_utf8(text)
                .ok()
                .and_then(moment::parse)
                .map_or(DividerValue::Unread, DividerValue::Number),
            _ if text.len() > WORD_BYTES_MAX => DividerValue::Unread,
            _ => DividerValue::Bytes(text),
        };
        Ok(match self.reading {
            DividerReading::Integer | DividerReading::Millis | DividerReading::Presence => {
                row.int(at)?.map_or(DividerValue::Null, of_number)
            }
            DividerReading::Text | DividerReading::DateText => {
                row.bytes(at)?.map_or(DividerValue::Null, of_text)
            }
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
        || (Guess::of(&info.name).is_some_and(|guess| guess != Guess::Method)
            && !speaks_of_schemes);
    let is_date = names::is_date(&info.name) || declares_date(info);
    let (kind_of, reading, sql) = if is_secret || (names::is_user_name(&info.name) && !is_key) {
        let is_text = matches!(
            info.family,
            TypeFamily::Text | TypeFamily::Bytes | TypeFamily::FixedBytes | TypeFamily::Any
        );
        let empty = if is_text {
            format!("length({at}) = 0")
        } else {
            "1 = 0".to_owned()
        };
        let sql = format!("CASE WHEN {at} IS NULL THEN NULL WHEN {empty} THEN 0 ELSE 1 END");
        let sql = kind.words().integer(&sql);
        (DividerKind::Presence, DividerReading::Presence, sql)
    } else {
        match types_of(kind).divider(info, &at) {
            Some(DividerSql::Number(sql)) if is_key => {
                (DividerKind::Key, DividerReading::Integer, sql)
            }
            Some(DividerSql::Number(sql)) => (DividerKind::Number, DividerReading::Integer, sql),
            Some(DividerSql::Moment(sql)) => (DividerKind::Moment, DividerReading::Millis, sql),
            Some(DividerSql::Word(sql)) if is_date => {
                (DividerKind::Moment, DividerReading::DateText, sql)
            }
            Some(DividerSql::Word(sql)) if !is_key && !is_long(info) => {
                (DividerKind::Words, DividerReading::Text, sql)
            }
            Some(DividerSql::Word(_)) | None => return Ok(None),
        }
    };
    let rank = match kind_of {
        _ if speaks_of_schemes => 0,
        DividerKind::Key => 1,
        _ if is_key || is_companion => 1,
        DividerKind::Moment => 2,
        DividerKind::Presence if names::is_salt(&info.name) => 2,
        DividerKind::Number => 3,
        DividerKind::Words => 4,
        DividerKind::Presence => 5,
    };
    let divider = DividerColumn {
        divider: Divider {
            name: info.name.clone(),
            kind: kind_of,
        },
        reading,
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
