//! The `known` table: rows whose password stood in a list when they were hashed anew.
//!
//! Each has a hash of the value that was written. A verdict holds as long as that value stands in
//! the row.

use super::names::Names;
use crate::census::Fingerprint;
use crate::store::sql::{Arg, Conn, ErrorClass, Query, StoreError};

/// A row that was known, with the value that it has now.
#[derive(Clone, Copy, Debug)]
pub(crate) struct KnownRow<'r> {
    /// The key, in the ledger's form.
    pub(crate) row_key: &'r str,
    /// What stands for the new value.
    pub(crate) value: Fingerprint,
}

/// So many rows go into one statement: three parameters each, and SQLite takes 32,766.
const BATCH_ROWS: usize = 500;

/// Keeps the verdict on rows that were just written; a later one replaces it.
pub(crate) async fn keep(
    conn: &mut Conn,
    names: &Names,
    credential: &str,
    rows: &[KnownRow<'_>],
) -> Result<(), StoreError> {
    let replace = (conn.words().upsert).replace("credential, row_key", &["value_hash", "at_ms"]);
    let one = format!("(?, ?, ?, {})", conn.words().now_ms);
    for batch in rows.chunks(BATCH_ROWS) {
        let sql = format!(
            "INSERT INTO {} (credential, row_key, value_hash, at_ms) VALUES {} {replace}",
            names.table("known"),
            vec![one.as_str(); batch.len()].join(", ")
        );
        let args = batch
            .iter()
            .flat_map(|row| -> [Arg; 3] {
                [
                    credential.into(),
                    row.row_key.into(),
                    row.value.to_hex().as_str().into(),
                ]
            })
            .collect();
        conn.run(Query::of_ledger("keeping what is known", &sql, args))
            .await?;
    }
    Ok(())
}

/// A row whose value was spelt anew.
pub(crate) struct Respelt<'r> {
    /// The credential's name.
    pub(crate) credential: &'r str,
    /// The key, in the ledger's form.
    pub(crate) row_key: &'r str,
    /// What stands for the old value.
    pub(crate) from: Fingerprint,
    /// What stands for the new one.
    pub(crate) to: Fingerprint,
}

/// Moves the verdict on a row to another spelling of its value: a label that was put right.
pub(crate) async fn follow(
    conn: &mut Conn,
    names: &Names,
    row: Respelt<'_>,
) -> Result<(), StoreError> {
    let sql = format!(
        "UPDATE {} SET value_hash = ? WHERE credential = ? AND row_key = ? AND value_hash = ?",
        names.table("known")
    );
    let args = vec![
        row.to.to_hex().as_str().into(),
        row.credential.into(),
        row.row_key.into(),
        row.from.to_hex().as_str().into(),
    ];
    conn.run(Query::of_ledger("keeping what is known", &sql, args))
        .await
        .map(|_| ())
}

/// Whether a verdict on this value of the row is kept. It is not where the table is not there.
pub(crate) async fn is_kept(
    conn: &mut Conn,
    names: &Names,
    credential: &str,
    row: KnownRow<'_>,
) -> Result<bool, StoreError> {
    let sql = format!(
        "SELECT {} FROM {} WHERE credential = ? AND row_key = ? AND value_hash = ?",
        conn.words().integer("1"),
        names.table("known")
    );
    let args = vec![
        credential.into(),
        row.row_key.into(),
        row.value.to_hex().as_str().into(),
    ];
    let found = conn
        .rows(
            Query::of_ledger("reading what is known", &sql, args),
            |_| Ok(()),
        )
        .await;
    match found {
        Ok(rows) => Ok(!rows.is_empty()),
        Err(e) if matches!(e.class(), ErrorClass::Missing | ErrorClass::Denied) => Ok(false),
        Err(e) => Err(e),
    }
}

/// The fingerprint of every value of a credential on which a verdict is kept.
///
/// None where there is no such table.
///
/// # Errors
/// Whatever the database says other than that the table is not there.
pub async fn values(
    conn: &mut Conn,
    names: &Names,
    credential: &str,
) -> Result<Option<Vec<Fingerprint>>, StoreError> {
    const OP: &str = "reading what is known";
    let sql = format!(
        "SELECT value_hash FROM {} WHERE credential = ?",
        names.table("known")
    );
    let read = conn
        .rows(Query::of_ledger(OP, &sql, vec![credential.into()]), |row| {
            Fingerprint::parse(&row.owned(0)?)
                .ok_or_else(|| StoreError::ledger(OP, "a hash of another form"))
        })
        .await;
    match read {
        Ok(values) => Ok(Some(values)),
        // MySQL denies a table that is not there to a user who was granted nothing on it.
        Err(e) if matches!(e.class(), ErrorClass::Missing | ErrorClass::Denied) => Ok(None),
        Err(e) => Err(e),
    }
}
