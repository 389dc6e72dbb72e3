//! One user's row, found by the login that was typed.

use super::rows::{Row, keep, select_list};
use crate::store::sql::{Arg, Conn, Ident, Kind, Quote, StoreError};
use crate::store::table::{Column, ColumnInfo, Family};

/// Reads the rows that have this login, at most two: more than one is one too many already. None where the credential names no login.
///
/// What is equal is for the column's own collation to say, as it is for the application.
///
/// # Errors
/// Whatever the database says.
pub async fn read_login(
    conn: &mut Conn,
    column: &Column,
    login: &str,
) -> Result<Vec<Row>, StoreError> {
    let Some(name) = &column.known.login else {
        return Ok(Vec::new());
    };
    let Some((equal, arg)) = equal(column, column.table.find(name)?, login)? else {
        return Ok(Vec::new());
    };
    let (select, layout) = select_list(column, true, column.unicode.is_some());
    let kinds = column.key_kinds();
    let filter = column
        .filter
        .as_ref()
        .map(|f| format!(" AND {f}"))
        .unwrap_or_default();
    let sql = format!(
        "SELECT {select} FROM {} t WHERE {equal}{filter} LIMIT 2",
        column.table_ident
    );
    conn.begin().await?;
    let rows = conn
        .rows(
            "reading a row of the user table by its login",
            Quote::CodeOnly,
            &sql,
            vec![arg],
            |row| keep(column, &kinds, &layout, row),
        )
        .await;
    conn.rollback().await?;
    rows
}

/// The condition on the login's column, so that an index on it serves, and the value to bind; none where no row can have such a login.
fn equal(
    column: &Column,
    info: &ColumnInfo,
    login: &str,
) -> Result<Option<(String, Arg)>, StoreError> {
    let at = format!("t.{}", Ident::new(column.kind, &info.name)?);
    // PostgreSQL refuses NUL in a text, and no other database's users type it.
    if login.contains('\0') {
        return Ok(None);
    }
    let text = Arg::Text(login.to_owned());
    Ok(Some(match (column.kind, info.family) {
        // MySQL would take "1x" for 1.
        (Kind::Postgres | Kind::MySql, Family::Int | Family::Uint) => match login.parse::<i64>() {
            Ok(number) => (format!("{at} = ?"), Arg::Int(number)),
            Err(_) => return Ok(None),
        },
        // In the column's own type: citext is compared by its own rules, and only then does its index serve.
        (Kind::Postgres, Family::Text) if info.domain.is_none() => {
            let own = if info.base == "varchar" {
                "text"
            } else {
                info.base.as_str()
            };
            (format!("{at} = ?::text::{own}"), text)
        }
        (Kind::Postgres, _) => (format!("{at}::text = ?"), text),
        (Kind::MySql | Kind::Sqlite, _) => (format!("{at} = ?"), text),
    }))
}
