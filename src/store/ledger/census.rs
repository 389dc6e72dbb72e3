//! The `census` table: what a recorded scan counted. For people.

use super::names::Names;
use crate::store::sql::{Arg, Conn, Query, StoreError};

/// One line of a recorded census.
#[derive(Clone, Debug)]
pub struct CensusLine {
    /// The credential's name.
    pub credential: String,
    /// The class.
    pub class: String,
    /// The scheme, marker or shape.
    pub line: String,
    /// How many rows.
    pub rows: i64,
}

/// Keeps a census, whole or not at all. The same census once more is kept once.
pub async fn record(
    conn: &mut Conn,
    names: &Names,
    id: &str,
    lines: &[CensusLine],
) -> Result<(), StoreError> {
    conn.begin().await?;
    let kept = insert(conn, names, id, lines).await;
    match kept {
        Ok(()) => conn.commit().await,
        failed => conn.undone(failed).await,
    }
}

async fn insert(
    conn: &mut Conn,
    names: &Names,
    id: &str,
    lines: &[CensusLine],
) -> Result<(), StoreError> {
    // Its COMMIT may have got no answer.
    let sql = format!("DELETE FROM {} WHERE id = ?", names.table("census"));
    conn.run(Query::of_ledger(
        "recording the census",
        &sql,
        vec![id.into()],
    ))
    .await?;
    let sql = format!(
        "INSERT INTO {} (id, credential, at_ms, class, line, row_count) VALUES (?, ?, {}, ?, ?, ?)",
        names.table("census"),
        conn.words().now_ms
    );
    for line in lines {
        let args = vec![
            id.into(),
            line.credential.as_str().into(),
            line.class.as_str().into(),
            line.line.as_str().into(),
            Arg::Int(line.rows),
        ];
        conn.run(Query::of_ledger("recording the census", &sql, args))
            .await?;
    }
    Ok(())
}
