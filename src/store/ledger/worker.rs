//! The `worker` table: who works on a run, how fast, and when it was last seen. For people.

use super::lock::WorkerIdentity;
use super::names::Names;
use crate::store::sql::{Arg, Conn, ErrorClass, Query, RowRef, StoreError};

/// The state of a worker that has said goodbye.
pub const ENDED: &str = "ended";

/// A worker for display.
#[derive(Clone, Debug, Default)]
pub struct WorkerLine {
    /// Who it is. What an older version noted has no boot, start and namespaces.
    pub who: WorkerIdentity,
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
    /// The name of the run that it has joined; empty where it works alone.
    pub joined: String,
    /// Its own name; empty where an older version noted it.
    pub name: String,
    /// The chunk that it took last.
    pub chunk: Option<i64>,
    /// When it committed a page last. To note it, how long ago that was, in milliseconds.
    pub commit_ms: Option<i64>,
    /// How it ended, where it has.
    pub outcome: Option<String>,
}

/// The width of `reason` on MySQL.
const REASON_CHARS_MAX: usize = 100;

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
        "UPDATE {table} SET run = ?, threads = ?, state = ?, reason = ?, per_minute = ?, chunk = {integer}, commit_ms = {now} - {integer}, seen_ms = {now} WHERE id = ?",
        integer = conn.words().bound_integer,
    );
    let reason: String = line.reason.chars().take(REASON_CHARS_MAX).collect();
    let common = || -> Vec<Arg> {
        vec![
            run.into(),
            Arg::Int(line.threads),
            line.state.as_str().into(),
            reason.as_str().into(),
            Arg::Int(line.per_minute),
            Arg::from(line.chunk),
            Arg::from(line.commit_ms),
        ]
    };
    let mut known = common();
    known.push(line.who.id.as_str().into());
    if conn
        .run(Query::of_ledger("noting the worker", &update, known))
        .await?
        > 0
    {
        return Ok(());
    }
    let insert = format!(
        "INSERT INTO {table} (run, threads, state, reason, per_minute, chunk, commit_ms, id, host, pid, boot, pid_start, namespaces, joined, name, started_ms, seen_ms) \
         VALUES (?, ?, ?, ?, ?, {integer}, {now} - {integer}, ?, ?, ?, ?, ?, ?, ?, ?, {now}, {now})",
        integer = conn.words().bound_integer,
    );
    let mut new = common();
    new.extend([
        line.who.id.as_str().into(),
        line.who.host.as_str().into(),
        Arg::Int(line.who.pid),
        line.who.boot.as_str().into(),
        line.who.pid_start.as_str().into(),
        line.who.namespaces.as_str().into(),
        Some(line.joined.as_str())
            .filter(|name| !name.is_empty())
            .into(),
        line.name.as_str().into(),
    ]);
    conn.run(Query::of_ledger("noting the worker", &insert, new))
        .await
        .map(|_| ())
}

/// Notes that a worker has ended, and how. Nobody else can know that for sure.
pub async fn note_end(
    conn: &mut Conn,
    names: &Names,
    id: &str,
    outcome: &str,
) -> Result<(), StoreError> {
    let sql = format!(
        "UPDATE {} SET state = ?, reason = '', per_minute = 0, outcome = ?, seen_ms = {} WHERE id = ?",
        names.table("worker"),
        conn.words().now_ms
    );
    let args = vec![ENDED.into(), outcome.into(), id.into()];
    conn.run(Query::of_ledger("noting the worker's end", &sql, args))
        .await
        .map(|_| ())
}

/// The workers of a run.
pub async fn list(
    conn: &mut Conn,
    names: &Names,
    run: &str,
) -> Result<Vec<WorkerLine>, StoreError> {
    let table = names.table("worker");
    let sql = |identity: &str| {
        format!(
            "SELECT id, host, pid, threads, state, reason, per_minute, started_ms, seen_ms, {identity} FROM {table} \
             WHERE run = ? ORDER BY started_ms, id"
        )
    };
    let read = |r: RowRef<'_>| {
        let text = |i: usize| r.text(i).map(|t| t.unwrap_or_default().to_owned());
        Ok(WorkerLine {
            who: WorkerIdentity {
                id: r.owned(0)?,
                host: r.owned(1)?,
                pid: r.number(2)?,
                boot: text(9)?,
                pid_start: text(10)?,
                namespaces: text(11)?,
            },
            joined: text(12)?,
            name: text(13)?,
            chunk: r.int(14)?,
            commit_ms: r.int(15)?,
            outcome: r.text(16)?.map(str::to_owned),
            threads: r.number(3)?,
            state: r.owned(4)?,
            reason: r.owned(5)?,
            per_minute: r.number(6)?,
            started_ms: r.number(7)?,
            seen_ms: r.number(8)?,
        })
    };
    // What the newest version has, and what those of before version 11 and 9 have. Whoever only
    // looks does not bring a ledger up to date.
    let shapes = [
        "boot, pid_start, namespaces, joined, name, chunk, commit_ms, outcome",
        "boot, pid_start, namespaces, NULL, NULL, NULL, NULL, NULL",
        "NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL",
    ];
    let mut answer = Ok(Vec::new());
    for identity in shapes {
        let sql = sql(identity);
        let query = Query::of_ledger("reading the workers", &sql, vec![run.into()]);
        answer = conn.rows(query, read).await;
        match &answer {
            Err(e) if e.class() == ErrorClass::Missing => {}
            _ => break,
        }
    }
    answer
}
