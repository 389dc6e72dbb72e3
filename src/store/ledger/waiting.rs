//! The `waiting` table: how many rows wait because of a rule, as it was counted last.
//!
//! It is for people; nothing is decided by it.

use super::names::Names;
use crate::store::sql::{Arg, Conn, ErrorClass, Query, StoreError};

/// What was counted of one column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingColumn {
    /// The credential's name.
    pub credential: String,
    /// Every rule for which rows may wait.
    pub rules: Vec<WaitingCount>,
}

/// Rows that wait for the sake of one rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingCount {
    /// The rule's name, or its number.
    pub rule: String,
    /// How many.
    pub rows: i64,
}

/// A count as it stands in the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingLine {
    /// The credential's name.
    pub credential: String,
    /// How many, and for which rule.
    pub count: WaitingCount,
    /// When they were counted.
    pub at_ms: i64,
}

/// Replaces what was counted of these columns before, all or nothing.
///
/// A rule that is no longer counted loses its line.
pub async fn record(
    conn: &mut Conn,
    names: &Names,
    at_ms: i64,
    columns: &[WaitingColumn],
) -> Result<(), StoreError> {
    conn.begin().await?;
    let written = async {
        for column in columns {
            replace(conn, names, at_ms, column).await?;
        }
        Ok(())
    };
    match written.await {
        Ok(()) => conn.commit().await,
        Err(e) => conn.undone(Err(e)).await,
    }
}

async fn replace(
    conn: &mut Conn,
    names: &Names,
    at_ms: i64,
    column: &WaitingColumn,
) -> Result<(), StoreError> {
    let table = names.table("waiting");
    // Where two count at once, an error that is passed over would undo the whole transaction on
    // PostgreSQL.
    let again = (conn.words().upsert).replace("credential, rule", &["row_count", "at_ms"]);
    let insert = format!(
        "INSERT INTO {table} (credential, rule, row_count, at_ms) VALUES (?, ?, ?, ?) {again}"
    );
    for count in &column.rules {
        let args = vec![
            column.credential.as_str().into(),
            count.rule.as_str().into(),
            Arg::Int(count.rows),
            Arg::Int(at_ms),
        ];
        conn.run(Query::of_ledger(
            "keeping how many rows wait",
            &insert,
            args,
        ))
        .await?;
    }
    let older = format!("DELETE FROM {table} WHERE credential = ? AND at_ms < ?");
    let args = vec![column.credential.as_str().into(), Arg::Int(at_ms)];
    conn.run(Query::of_ledger("keeping how many rows wait", &older, args))
        .await
        .map(|_| ())
}

/// What was counted last, and when; nothing where there is no such table.
pub async fn all(conn: &mut Conn, names: &Names) -> Result<Vec<WaitingLine>, StoreError> {
    let sql = format!(
        "SELECT credential, rule, row_count, at_ms FROM {} ORDER BY credential, rule",
        names.table("waiting")
    );
    let read = conn
        .rows(
            Query::of_ledger("reading how many rows wait", &sql, vec![]),
            |r| {
                Ok(WaitingLine {
                    credential: r.owned(0)?,
                    count: WaitingCount {
                        rule: r.owned(1)?,
                        rows: r.number(2)?,
                    },
                    at_ms: r.number(3)?,
                })
            },
        )
        .await;
    match read {
        // MySQL denies a table that is not there to a user who was granted nothing on it.
        Err(e) if matches!(e.class(), ErrorClass::Missing | ErrorClass::Denied) => Ok(Vec::new()),
        other => other,
    }
}
