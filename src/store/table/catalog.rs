//! What the catalogue says of a table, and the SQL for the types that it names.
//!
//! Each database has a file of its own beside this one; here is chosen between them.

use super::info::TableInfo;
use super::type_sql::TypeSql;
use super::{catalog_mysql as mysql, catalog_postgres as postgres, catalog_sqlite as sqlite};
use crate::store::sql::{Conn, Kind, StoreError};

/// Looks a table up.
///
/// # Errors
/// `Refused` where it is not there.
pub async fn describe_table(
    conn: &mut Conn,
    schema: Option<&str>,
    table: &str,
) -> Result<TableInfo, StoreError> {
    let found = match conn.kind() {
        Kind::Postgres => postgres::describe(conn, schema, table).await?,
        Kind::MySql => mysql::describe(conn, schema, table).await?,
        Kind::Sqlite => sqlite::describe(conn, table).await?,
    };
    found.ok_or_else(|| {
        let name = schema.map_or_else(|| table.to_owned(), |s| format!("{s}.{table}"));
        StoreError::refused(
            format!("there is no table {name} that this user can see"),
            "names are exact and case-sensitive; check `schema` and `table`, and that the URL names the right database",
        )
    })
}

/// How this database's types are read and written.
pub(super) fn types_of(kind: Kind) -> &'static dyn TypeSql {
    match kind {
        Kind::Postgres => &postgres::PostgresTypes,
        Kind::MySql => &mysql::MySqlTypes,
        Kind::Sqlite => &sqlite::SqliteTypes,
    }
}

/// PostgreSQL's name for the encoding in which text becomes bytes; empty elsewhere.
pub(super) async fn text_encoding(conn: &mut Conn) -> Result<&'static str, StoreError> {
    match conn.kind() {
        Kind::Postgres => postgres::text_encoding(conn).await,
        Kind::MySql | Kind::Sqlite => Ok(""),
    }
}
