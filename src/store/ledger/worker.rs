//! The `worker` table: who works on a run, how fast, and when it was last seen. For people.

use super::names::Names;
use crate::store::sql::{Arg, Conn, Quote, StoreError, now_ms};

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
pub async fn worker(
    conn: &mut Conn,
    names: &Names,
    run: &str,
    line: &WorkerLine,
) -> Result<(), StoreError> {
    let table = names.table("worker");
    let now = now_ms(conn.kind());
    let update = format!(
        "UPDATE {table} SET run = ?, threads = ?, state = ?, reason = ?, per_minute = ?, seen_ms = {now} WHERE id = ?"
    );
    let args = |id_last: bool| {
        let mut v: Vec<Arg> = vec![
            run.into(),
            Arg::Int(line.threads),
            line.state.as_str().into(),
            line.reason.as_str().into(),
            Arg::Int(line.per_minute),
        ];
        if id_last {
            v.push(line.id.as_str().into());
        }
        v
    };
    if conn
        .run("noting the worker", Quote::Message, &update, args(true))
        .await?
        > 0
    {
        return Ok(());
    }
    let insert = format!(
        "INSERT INTO {table} (run, threads, state, reason, per_minute, id, host, pid, started_ms, seen_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, {now}, {now})"
    );
    let mut new = args(false);
    new.extend([
        line.id.as_str().into(),
        line.host.as_str().into(),
        Arg::Int(line.pid),
    ]);
    conn.run("noting the worker", Quote::Message, &insert, new)
        .await
        .map(|_| ())
}

/// The workers of a run.
pub async fn workers(
    conn: &mut Conn,
    names: &Names,
    run: &str,
) -> Result<Vec<WorkerLine>, StoreError> {
    let sql = format!(
        "SELECT id, host, pid, threads, state, reason, per_minute, started_ms, seen_ms FROM {} WHERE run = ? ORDER BY started_ms, id",
        names.table("worker")
    );
    conn.rows(
        "reading the workers",
        Quote::Message,
        &sql,
        vec![run.into()],
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
