//! What the ledger keeps for people: quarantined rows, events, workers, censuses. No value and nothing made from one.

use super::names::Names;
use crate::store::conn::{Arg, Conn};
use crate::store::error::{Quote, StoreError};
use crate::store::sql::now_ms;

/// Why a row was left alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum QuarantineReason {
    /// A plaintext that has the shape of a digest.
    LooksHashed,
    /// Bytes that are no text.
    Undecodable,
    /// Longer than 4 KiB.
    TooLong,
    /// The salt or the name that went into the digest is NULL.
    NoSalt,
    /// SQLite made a number of it: leading zeros are lost.
    NotText,
    /// The application changed it again and again while it was being hashed.
    Hot,
    /// The database refused this row: a check, a trigger, a length.
    WriteRefused,
    /// A rule says so.
    Rule,
}

impl QuarantineReason {
    /// The word in the ledger.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::LooksHashed => "looks-hashed",
            Self::Undecodable => "undecodable",
            Self::TooLong => "too-long",
            Self::NoSalt => "no-salt",
            Self::NotText => "not-text",
            Self::Hot => "hot",
            Self::WriteRefused => "write-refused",
            Self::Rule => "rule",
        }
    }
}

/// A quarantined row.
#[derive(Clone, Debug)]
pub struct QuarantineLine {
    /// The credential's name.
    pub credential: String,
    /// The key, in the ledger's form.
    pub row_key: String,
    /// Why.
    pub reason: String,
    /// The value's class.
    pub class: String,
    /// The value's length in bytes.
    pub bytes: Option<i64>,
}

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

/// Notes something that happened to a run.
pub async fn event(
    conn: &mut Conn,
    names: &Names,
    id: &str,
    run: &str,
    kind: &str,
    text: &str,
) -> Result<(), StoreError> {
    let sql = format!(
        "INSERT INTO {} (id, run, at_ms, type, text) VALUES (?, ?, {}, ?, ?)",
        names.table("event"),
        now_ms(conn.kind())
    );
    conn.run(
        "noting an event",
        Quote::Message,
        &sql,
        vec![id.into(), run.into(), kind.into(), text.into()],
    )
    .await
    .map(|_| ())
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

/// How many rows of a run are quarantined, by credential and reason.
pub async fn quarantine_counts(
    conn: &mut Conn,
    names: &Names,
    run: &str,
) -> Result<Vec<(String, String, i64)>, StoreError> {
    let sql = format!(
        "SELECT credential, reason, COUNT(*) FROM {} WHERE run = ? GROUP BY credential, reason ORDER BY credential, reason",
        names.table("quarantine")
    );
    conn.rows(
        "reading the quarantine",
        Quote::Message,
        &sql,
        vec![run.into()],
        |r| Ok((r.owned(0)?, r.owned(1)?, r.number(2)?)),
    )
    .await
}

/// The quarantined rows of a run, at most `limit`.
pub async fn quarantined(
    conn: &mut Conn,
    names: &Names,
    run: &str,
    limit: usize,
) -> Result<Vec<QuarantineLine>, StoreError> {
    let sql = format!(
        "SELECT credential, row_key, reason, class, bytes FROM {} WHERE run = ? ORDER BY credential, row_key LIMIT {limit}",
        names.table("quarantine")
    );
    conn.rows(
        "reading the quarantine",
        Quote::Message,
        &sql,
        vec![run.into()],
        |r| {
            Ok(QuarantineLine {
                credential: r.owned(0)?,
                row_key: r.owned(1)?,
                reason: r.owned(2)?,
                class: r.owned(3)?,
                bytes: r.int(4)?,
            })
        },
    )
    .await
}

/// Keeps a census.
pub async fn census(
    conn: &mut Conn,
    names: &Names,
    id: &str,
    lines: &[CensusLine],
) -> Result<(), StoreError> {
    let sql = format!(
        "INSERT INTO {} (id, credential, at_ms, class, line, row_count) VALUES (?, ?, {}, ?, ?, ?)",
        names.table("census"),
        now_ms(conn.kind())
    );
    for line in lines {
        let args = vec![
            id.into(),
            line.credential.as_str().into(),
            line.class.as_str().into(),
            line.line.as_str().into(),
            Arg::Int(line.rows),
        ];
        conn.run("recording the census", Quote::Message, &sql, args)
            .await?;
    }
    Ok(())
}
