//! The `worker` table: who works on a run, how fast, and when it was last seen. For people.

use super::names::Names;
use crate::store::sql::{Arg, Conn, Query, StoreError};

/// A worker for display.
#[derive(Clone, Debug)]
pub struct WorkerLine {
    /// Its UUID.
    pub id: String,
    /// Its host.
    pub host: String,
    /// Its process.
    pub pid: i64,
    /// Its hashing threads.
    pub threads: i64,
    /// What it does.
    pub state: String,
    /// Why.
    pub reason: String,
    /// Rows a minute.
    pub per_minute: i64,
    /// When it began.
    pub started_ms: i64,
    /// When it was last seen.
    pub seen_ms: i64,
}

/// Writes a worker's line, new or again.
pub async fn note(
    conn: &mut Conn,
    names: &Names,
    run: &str,
    line: &WorkerLine,
) -> Result<(), StoreError> {
    let table = names.table("worker");
    let now = conn.words().now_ms;
    let update = format!(
        "UPDATE {table} SET run = ?, threads = ?, state = ?, reason = ?, per_minute = ?, seen_ms = {now} WHERE id = ?"
    );
    let common = || -> Vec<Arg> {
        vec![
            run.into(),
            Arg::Int(line.threads),
            line.state.as_str().into(),
            line.reason.as_str().into(),
            Arg::Int(line.per_minute),
        ]
    };
    let mut known = common();
    known.push(line.id.as_str().into());
    if conn
        .run(Query::ours("noting the worker", &update, known))
        .await?
        > 0
    {
        return Ok(());
    }
    let insert = format!(
        "INSERT INTO {table} (run, threads, state, reason, per_minute, id, host, pid, started_ms, seen_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, {now}, {now})"
    );
    let mut new = common();
    new.extend([
        line.id.as_str().into(),
        line.host.as_str().into(),
        Arg::Int(line.pid),
    ]);
    conn.run(Query::ours("noting the worker", &insert, new))
        .await
        .map(|_| ())
}

/// The workers of a run.
pub async fn list(
    conn: &mut Conn,
    names: &Names,
    run: &str,
) -> Result<Vec<WorkerLine>, StoreError> {
    let sql = format!(
        "SELECT id, host, pid, threads, state, reason, per_minute, started_ms, seen_ms FROM {} WHERE run = ? ORDER BY started_ms, id",
        names.table("worker")
    );
    conn.rows(
        Query::ours("reading the workers", &sql, vec![run.into()]),
        |r| {
            Ok(WorkerLine {
                id: r.owned(0)?,
                host: r.owned(1)?,
                pid: r.number(2)?,
                threads: r.number(3)?,
                state: r.owned(4)?,
                reason: r.owned(5)?,
                per_minute: r.number(6)?,
                started_ms: r.number(7)?,
                seen_ms: r.number(8)?,
            })
        },
    )
    .await
}
