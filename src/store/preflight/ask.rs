//! Asks the catalogue or the server.

use crate::store::sql::{Arg, Conn, Kind, Query, RowRef, StoreError};

/// Asks the catalogue or the server.
///
/// On PostgreSQL in a transaction of its own, which waits for a lock for one second.
pub(super) async fn ask<T: Send>(
    conn: &mut Conn,
    sql: &str,
    args: Vec<Arg>,
    make: impl FnMut(RowRef<'_>) -> Result<T, StoreError> + Send,
) -> Result<Vec<T>, StoreError> {
    let in_transaction = conn.kind() == Kind::Postgres;
    if in_transaction {
        conn.begin().await?;
    }
    let rows = conn
        .rows(Query::ours("looking before a run", sql, args), make)
        .await;
    if in_transaction {
        return conn.undone(rows).await;
    }
    rows
}

/// The same, where a refusal of the server is the answer; only what passes is an error.
pub(super) async fn attempt<T: Send>(
    conn: &mut Conn,
    sql: &str,
    args: Vec<Arg>,
    make: impl FnMut(RowRef<'_>) -> Result<T, StoreError> + Send,
) -> Result<Result<Vec<T>, StoreError>, StoreError> {
    match ask(conn, sql, args, make).await {
        Err(error) if error.is_transient() => Err(error),
        answer => Ok(answer),
    }
}
