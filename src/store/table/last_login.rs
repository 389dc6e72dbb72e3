//! How the time of the last login is read from its column.

use super::info::{ColumnInfo, Family};
use crate::store::sql::{Ident, Kind, StoreError};

/// How the last login is read.
#[derive(Clone, Debug)]
pub(crate) enum LastLoginSql {
    /// An integer expression in milliseconds.
    Millis(String),
    /// An integer column: seconds or milliseconds.
    Epoch(String),
    /// Text to be parsed.
    Text(String),
}

pub(super) fn last_login_sql(kind: Kind, info: &ColumnInfo) -> Result<LastLoginSql, StoreError> {
    let at = format!("t.{}", Ident::new(kind, &info.name)?);
    Ok(match (kind, info.family) {
        // 'infinity' has no number; it is a time that can't be read.
        (Kind::Postgres, Family::TimeWithZone) => LastLoginSql::Millis(format!(
            "CASE WHEN isfinite({at}) THEN (extract(epoch FROM {at}) * 1000)::int8 WHEN {at} IS NOT NULL THEN {UNREADABLE}::int8 END"
        )),
        (Kind::Postgres, Family::Time) => LastLoginSql::Millis(format!(
            "CASE WHEN isfinite({at}) THEN (extract(epoch FROM ({at})::timestamp AT TIME ZONE 'UTC') * 1000)::int8 WHEN {at} IS NOT NULL THEN {UNREADABLE}::int8 END"
        )),
        (Kind::Postgres, Family::Int) => LastLoginSql::Epoch(format!("{at}::int8")),
        (Kind::Postgres, Family::Text) => LastLoginSql::Text(format!("{at}::text")),
        // A zero date ('0000-00-00') has no number either.
        (Kind::MySql, Family::Time) => LastLoginSql::Millis(format!(
            "CASE WHEN {at} IS NULL THEN NULL ELSE COALESCE(CAST(TIMESTAMPDIFF(MICROSECOND, '1970-01-01', {at}) DIV 1000 AS SIGNED), {UNREADABLE}) END"
        )),
        (Kind::MySql, Family::TimeWithZone) => {
            // Its zero date has the number 0, which no other has.
            LastLoginSql::Millis(format!(
                "CASE WHEN UNIX_TIMESTAMP({at}) = 0 THEN {UNREADABLE} ELSE CAST(UNIX_TIMESTAMP({at}) * 1000 AS SIGNED) END"
            ))
        }
        (Kind::MySql, Family::Int | Family::Uint) => {
            LastLoginSql::Epoch(format!("CAST({at} AS SIGNED)"))
        }
        (Kind::MySql, Family::Text) => LastLoginSql::Text(format!("CONVERT({at} USING utf8mb4)")),
        (Kind::Sqlite, _) => LastLoginSql::Text(format!("CAST({at} AS TEXT)")),
        _ => {
            return Err(StoreError::refused(
                format!(
                    "last_login column {} is of type {}",
                    info.name, info.declared
                ),
                "name a timestamp, an ISO text or an epoch column, or leave `last_login` out",
            ));
        }
    })
}

/// What an expression answers for a time that is there and can't be read.
pub(crate) const UNREADABLE: i64 = i64::MIN + 1;
