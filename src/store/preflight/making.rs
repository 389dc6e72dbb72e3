//! Whether this user may make the ledger's tables, or bring them up to date. Nothing is made.
//!
//! PostgreSQL's catalogue knows it. MySQL and MariaDB are asked by statements that can't succeed:
//! the right is looked at first, and what is wrong with the statement afterwards.

use crate::store::ledger::{Names, migrate};
use crate::store::sql::{Arg, Conn, ErrorClass, Kind, Query, StoreError};

/// Everything that stands against making the tables that a ledger of version `have` lacks.
///
/// # Errors
/// Where the database can't be asked.
pub(super) async fn check_making(
    conn: &mut Conn,
    names: &Names,
    have: Option<i64>,
) -> Result<Vec<String>, StoreError> {
    match names.kind {
        Kind::Postgres => on_postgres(conn, names, have).await,
        Kind::MySql => on_mysql(conn, names).await,
        // Whoever may write the file may make tables in it.
        Kind::Sqlite => Ok(Vec::new()),
    }
}

async fn on_postgres(
    conn: &mut Conn,
    names: &Names,
    have: Option<i64>,
) -> Result<Vec<String>, StoreError> {
    let schema = || vec![Arg::from(names.schema.as_str())];
    let (sql, arguments, right) = if migrate::has_schema(conn, names).await? {
        (
            "SELECT has_schema_privilege($1, 'CREATE')::int::int8",
            schema(),
            format!("create tables in the schema {}", names.schema),
        )
    } else {
        (
            "SELECT has_database_privilege(current_database(), 'CREATE')::int::int8",
            vec![],
            format!("create the schema {} in this database", names.schema),
        )
    };
    let query = Query::of_ledger("looking at rights for the ledger", sql, arguments);
    let may = conn.rows(query, |row| row.number(0)).await?;
    let mut faults = Vec::new();
    if may == [0] {
        faults.push(format!("this user may not {right}"));
    }
    if have.is_some() {
        let sql = "SELECT c.relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
                   WHERE n.nspname = $1 AND c.relkind = 'r' AND NOT pg_has_role(c.relowner, 'USAGE') ORDER BY 1";
        let query = Query::of_ledger("looking at the ledger's owner", sql, schema());
        let foreign = conn
            .rows(query, |row| Ok(row.text(0)?.unwrap_or_default().to_owned()))
            .await?;
        // The schema may hold tables of the application's too.
        if let Some(first) = foreign.iter().find(|table| migrate::is_ledgers(table)) {
            faults.push(format!(
                "this user may not alter {}: it belongs to somebody else",
                names.shown(first)
            ));
        }
    }
    Ok(faults)
}

async fn on_mysql(conn: &mut Conn, names: &Names) -> Result<Vec<String>, StoreError> {
    // No table has this name, and one with the same column twice can't be made.
    let table = names.table("not_made");
    let tries = [
        (
            "create tables for the ledger",
            format!("CREATE TABLE {table} (a INT, a INT)"),
        ),
        (
            "insert into the ledger's tables",
            format!("EXPLAIN INSERT INTO {table} (a) VALUES (1)"),
        ),
        (
            "update the ledger's tables",
            format!("EXPLAIN UPDATE {table} SET a = 1"),
        ),
        (
            "delete from the ledger's tables",
            format!("EXPLAIN DELETE FROM {table}"),
        ),
        // Later versions add columns to the first one's tables.
        (
            "alter the ledger's tables",
            format!("ALTER TABLE {table} ADD COLUMN a INT"),
        ),
    ];
    let mut faults = Vec::new();
    for (what, sql) in tries {
        let query = Query::of_ledger("looking at rights for the ledger", &sql, vec![]);
        match conn.run(query).await {
            // A server that takes no writes now says nothing of rights. That it is a replica is a
            // finding of its own.
            Err(error) if error.is_of_replica() || error.class() == ErrorClass::Busy => {}
            Err(error) if error.is_transient() => return Err(error),
            Err(error) if error.class() == ErrorClass::Denied => {
                faults.push(format!("this user may not {what} ({error})"));
            }
            _ => {}
        }
    }
    Ok(faults)
}
