//! The `wrapped` table: which rows were wrapped when, a line a page.
//!
//! A line commits with the rows that it speaks of. It is asked which rows were wrapped since a
//! moment. A row that is wrapped still, and is not among them, belongs to a user who has not logged
//! in since.

use super::names::Names;
use super::rows_of::PageOf;
use crate::store::sql::{Arg, Conn, ErrorClass, Query, StoreError};
use crate::store::table::Key;

/// Keeps which rows a page has wrapped, inside the caller's transaction.
pub(crate) async fn note(
    conn: &mut Conn,
    names: &Names,
    of: &PageOf<'_>,
    keys: &[&Key],
) -> Result<(), StoreError> {
    if keys.is_empty() {
        return Ok(());
    }
    let number = conn.words().bound_integer;
    let sql = format!(
        "INSERT INTO {} (run, chunk, page, credential, row_keys, at_ms) VALUES (?, {number}, {number}, ?, ?, {})",
        names.table("wrapped"),
        conn.words().now_ms
    );
    let keys: Vec<String> = keys.iter().map(|key| key.to_ledger()).collect();
    let args = vec![
        of.run.into(),
        Arg::Int(of.chunk),
        Arg::Int(of.page),
        of.credential.into(),
        // A key in the ledger's form is a list of texts in JSON.
        format!("[{}]", keys.join(",")).into(),
    ];
    conn.run(Query::of_ledger("keeping who was wrapped", &sql, args))
        .await?;
    Ok(())
}

/// The rows that a run has wrapped last: the credential, and the keys in the ledger's form. None
/// where it has wrapped none.
pub async fn last_page(
    conn: &mut Conn,
    names: &Names,
    run: &str,
) -> Result<Option<(String, Vec<String>)>, StoreError> {
    let sql = format!(
        "SELECT credential, row_keys FROM {} WHERE run = ? ORDER BY at_ms DESC, chunk DESC, page DESC LIMIT 1",
        names.table("wrapped")
    );
    let query = Query::of_ledger("reading who was wrapped", &sql, vec![run.into()]);
    let pages = conn
        .rows(query, |r| Ok((r.owned(0)?, keys_of(&r.owned(1)?)?)))
        .await?;
    Ok(pages.into_iter().next())
}

/// The keys of a line, each in the ledger's form.
fn keys_of(line: &str) -> Result<Vec<String>, StoreError> {
    let keys: Vec<Vec<String>> = serde_json::from_str(line)
        .map_err(|_| StoreError::ledger("reading who was wrapped", "no list of keys"))?;
    let text = |key: &Vec<String>| {
        serde_json::to_string(key).expect("strings can always be written as JSON")
    };
    Ok(keys.iter().map(text).collect())
}

/// The wrapped rows that are asked for.
#[derive(Clone, Copy, Debug)]
pub struct WrappedSince<'a> {
    /// The credential's name.
    pub credential: &'a str,
    /// Only rows that were wrapped later than this, in milliseconds since 1970.
    pub since_ms: i64,
}

/// Hands the key of every such row to `each`, in the ledger's form.
///
/// There are none where there is no such table.
///
/// # Errors
/// Whatever the database says other than that the table is not there.
pub async fn each_since(
    conn: &mut Conn,
    names: &Names,
    asked: WrappedSince<'_>,
    each: &mut (dyn FnMut(&str) + Send),
) -> Result<(), StoreError> {
    let number = conn.words().bound_integer;
    let sql = format!(
        "SELECT row_keys FROM {} WHERE credential = ? AND at_ms > {number}",
        names.table("wrapped")
    );
    let args = vec![asked.credential.into(), Arg::Int(asked.since_ms)];
    let read = conn
        .each_row(
            Query::of_ledger("reading who was wrapped", &sql, args),
            &mut |row| {
                for key in keys_of(&row.owned(0)?)? {
                    each(&key);
                }
                Ok(true)
            },
        )
        .await;
    match read {
        Err(e) if e.class() == ErrorClass::Missing => Ok(()),
        other => other,
    }
}
