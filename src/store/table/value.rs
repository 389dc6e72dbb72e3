//! How a stored value goes in and out of its column.

use super::info::{ColumnInfo, Family};
use crate::store::sql::{Conn, Kind, Quote, StoreError};

/// How a stored value goes in and out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ValueForm {
    /// Text, or bytes that hold text.
    Plain,
    /// MySQL's BINARY(n): padded with NUL, which belongs to the column and not to the value.
    NulPadded,
}

pub(super) async fn postgres_encoding(conn: &mut Conn) -> Result<&'static str, StoreError> {
    let ascii = conn
        .rows(
            "reading the encoding",
            Quote::Message,
            "SELECT (current_setting('server_encoding') = 'SQL_ASCII')::int::int8",
            vec![],
            |r| r.number(0),
        )
        .await?;
    Ok(if ascii.first() == Some(&1) {
        "SQL_ASCII"
    } else {
        "UTF8"
    })
}

pub(super) fn value_sql(
    kind: Kind,
    info: &ColumnInfo,
    at: &str,
    encoding: &str,
) -> Result<(String, Option<String>, ValueForm), StoreError> {
    let unfit = || {
        StoreError::refused(
            format!(
                "column {} is of type {}, which can't hold a password hash",
                info.name, info.declared
            ),
            "name a column of a text or binary type",
        )
    };
    if matches!(
        info.charset.as_deref(),
        Some("ucs2" | "utf16" | "utf16le" | "utf32")
    ) {
        return Err(StoreError::refused(
            format!(
                "column {} has the character set {}, in which ASCII text is other bytes",
                info.name,
                info.charset.as_deref().unwrap_or_default()
            ),
            "change the column to utf8mb4 or ascii",
        ));
    }
    Ok(match (kind, info.family) {
        (Kind::Postgres, Family::Text) => (
            format!("convert_to({at}::text, '{encoding}')"),
            None,
            ValueForm::Plain,
        ),
        (Kind::Postgres, Family::Bytes) => (at.to_owned(), None, ValueForm::Plain),
        (Kind::MySql, Family::Text) => {
            let same = matches!(
                info.charset.as_deref(),
                Some("utf8mb4" | "utf8mb3" | "utf8" | "ascii")
            );
            (
                format!("CAST({at} AS BINARY)"),
                (!same).then(|| format!("CONVERT({at} USING utf8mb4)")),
                ValueForm::Plain,
            )
        }
        (Kind::MySql, Family::Bytes) => (format!("CAST({at} AS BINARY)"), None, ValueForm::Plain),
        (Kind::MySql, Family::FixedBytes) => {
            (format!("CAST({at} AS BINARY)"), None, ValueForm::NulPadded)
        }
        (Kind::Sqlite, Family::Text | Family::Bytes | Family::Any | Family::Int) => {
            (format!("CAST({at} AS BLOB)"), None, ValueForm::Plain)
        }
        _ => return Err(unfit()),
    })
}
