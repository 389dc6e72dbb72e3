//! A key column: how it is selected, bound and compared.

use super::info::{ColumnInfo, Family};
use super::key::KeyKind;
use crate::store::sql::{Ident, Kind, StoreError};

/// One key column.
#[derive(Clone, Debug)]
pub(crate) struct KeyColumn {
    pub(crate) ident: Ident,
    pub(crate) kind: KeyKind,
    /// How it is selected.
    pub(crate) select: String,
    /// How a bound parameter is compared with it.
    pub(crate) param: String,
    /// Its type inside a page's batch: an array element's cast on PostgreSQL, a column of JSON_TABLE on MySQL.
    pub(crate) batch: String,
}

pub(super) fn key_column(kind: Kind, info: &ColumnInfo) -> Result<KeyColumn, StoreError> {
    let ident = Ident::new(kind, &info.name)?;
    let at = format!("t.{ident}");
    let unfit = || {
        StoreError::refused(
            format!("key column {} is of type {}", info.name, info.declared),
            "a key is made of 64-bit integers, uuid or text; name such a unique key in `key`",
        )
    };
    let own = |k: KeyKind, select: String, param: &str, batch: &str| KeyColumn {
        ident: ident.clone(),
        kind: k,
        select,
        param: param.to_owned(),
        batch: batch.to_owned(),
    };
    Ok(match (kind, info.family) {
        (Kind::Postgres, Family::Int) => {
            own(KeyKind::Int, format!("{at}::int8"), "?::int8", "int8")
        }
        (Kind::Postgres, Family::Uuid) => own(
            KeyKind::Text,
            format!("{at}::text"),
            "?::text::uuid",
            "uuid",
        ),
        (Kind::Postgres, Family::Text) => {
            let cast = if info.base == "varchar" {
                "text"
            } else {
                info.base.as_str()
            };
            own(
                KeyKind::Text,
                format!("{at}::text"),
                &format!("?::text::{cast}"),
                cast,
            )
        }
        (Kind::MySql, Family::Int) => {
            own(KeyKind::Int, format!("CAST({at} AS SIGNED)"), "?", "BIGINT")
        }
        (Kind::MySql, Family::Uint) => own(
            KeyKind::Uint,
            format!("CAST({at} AS UNSIGNED)"),
            "?",
            "BIGINT UNSIGNED",
        ),
        (Kind::MySql, Family::Uuid) => own(
            KeyKind::Text,
            format!("CAST({at} AS CHAR)"),
            "CAST(? AS UUID)",
            "UUID",
        ),
        (Kind::MySql, Family::Text) => {
            let (charset, collation) = info
                .charset
                .as_deref()
                .zip(info.collation.as_deref())
                .ok_or_else(unfit)?;
            let len = info.max_len.unwrap_or(255).clamp(1, 3072);
            own(
                KeyKind::Text,
                format!("CONVERT({at} USING utf8mb4)"),
                &format!("CONVERT(? USING {charset}) COLLATE {collation}"),
                &format!("VARCHAR({len}) CHARACTER SET {charset} COLLATE {collation}"),
            )
        }
        (Kind::MySql, Family::FixedBytes | Family::Bytes) => own(KeyKind::Bytes, at, "?", "HEX"),
        // SQLite lets any column hold any type: a key of another one is read as NULL, which is refused, and never as 0 or "".
        (Kind::Sqlite, Family::Int) => own(KeyKind::Int, typed(&at, "integer"), "?", ""),
        (Kind::Sqlite, Family::Text) => own(KeyKind::Text, typed(&at, "text"), "?", ""),
        (Kind::Sqlite, Family::Bytes) => own(KeyKind::Bytes, typed(&at, "blob"), "?", "HEX"),
        _ => return Err(unfit()),
    })
}

fn typed(at: &str, storage: &str) -> String {
    format!("CASE typeof({at}) WHEN '{storage}' THEN {at} END")
}
