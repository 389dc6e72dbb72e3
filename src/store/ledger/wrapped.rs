//! The `wrapped` table: which rows were wrapped when, a line a page. A line commits with the rows that it speaks of.
//!
//! It is asked for one thing: which rows were wrapped since a moment, so that those can be told whose users have not logged in since before.

use super::names::Names;
use super::reset::OfChunk;
use crate::store::sql::{Arg, Conn, Kind, Quote, StoreError, Trouble, now_ms};
use crate::store::table::Key;

/// Keeps which rows a page has wrapped, inside the caller's transaction; `page` is the number of the chunk's commits before it.
pub(crate) async fn note(
    conn: &mut Conn,
    names: &Names,
    of: &OfChunk<'_>,
    page: i64,
    keys: &[&Key],
) -> Result<(), StoreError> {
    if keys.is_empty() {
        return Ok(());
    }
    let number = if conn.kind() == Kind::Postgres {
        "?::int8"
    } else {
        "?"
    };
    let sql = format!(
        "INSERT INTO {} (run, chunk, page, credential, row_keys, at_ms) VALUES (?, {number}, {number}, ?, ?, {})",
        names.table("wrapped"),
        now_ms(conn.kind())
    );
    let keys: Vec<String> = keys.iter().map(|key| key.to_ledger()).collect();
    let args = vec![
        of.run.into(),
        Arg::Int(of.chunk),
        Arg::Int(page),
        of.credential.into(),
        // A key in the ledger's form is a list of texts in JSON.
        format!("[{}]", keys.join(",")).into(),
    ];
    conn.run("keeping who was wrapped", Quote::Message, &sql, args)
        .await?;
    Ok(())
}

/// Hands the key of every row that was wrapped later than a moment to `each`, in the ledger's form; none where there is no such table.
///
/// # Errors
/// Whatever the database says other than that the table is not there.
pub async fn each_since(
    conn: &mut Conn,
    names: &Names,
    credential: &str,
    since_ms: i64,
    each: &mut (dyn FnMut(&str) + Send),
) -> Result<(), StoreError> {
    let number = if conn.kind() == Kind::Postgres {
        "?::int8"
    } else {
        "?"
    };
    let sql = format!(
        "SELECT row_keys FROM {} WHERE credential = ? AND at_ms > {number}",
        names.table("wrapped")
    );
    let args = vec![credential.into(), Arg::Int(since_ms)];
    let read = conn
        .each_row(
            "reading who was wrapped",
            Quote::Message,
            &sql,
            args,
            &mut |row| {
                let keys: Vec<Vec<String>> =
                    serde_json::from_str(&row.owned(0)?).map_err(|_| {
                        StoreError::unexpected("reading who was wrapped", "no list of keys")
                    })?;
                for key in keys {
                    each(
                        &serde_json::to_string(&key)
                            .expect("strings can always be written as JSON"),
                    );
                }
                Ok(true)
            },
        )
        .await;
    match read {
        Err(e) if e.trouble() == Trouble::Missing => Ok(()),
        other => other,
    }
}
