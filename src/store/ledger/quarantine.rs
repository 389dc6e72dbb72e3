//! The `quarantine` table: rows that were left alone, and why.
//!
//! It holds no value and nothing made from one.

use super::names::Names;
use super::rows_of::RowsOf;
use crate::store::sql::{Arg, Conn, Query, StoreError};
use crate::store::table::Key;

/// Why a row was left alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum QuarantineReason {
    /// A plaintext that has the shape of a digest.
    LooksHashed,
    /// Bytes that are no text.
    Undecodable,
    /// Longer than 4 KiB.
    TooLong,
    /// It is not what another column of its row says.
    Contradiction,
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
            Self::Contradiction => "contradiction",
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

/// A row to be quarantined.
pub(crate) struct QuarantinedRow<'a> {
    pub(crate) key: &'a Key,
    pub(crate) reason: QuarantineReason,
    /// The value's class.
    pub(crate) class: &'a str,
    /// The value's length in bytes.
    pub(crate) bytes: i64,
}

/// Lists a quarantined row, inside the caller's transaction.
///
/// A row that a sweep meets again is counted again in the sweep's own counts, and listed once.
pub(crate) async fn note(
    conn: &mut Conn,
    names: &Names,
    of: RowsOf<'_>,
    row: &QuarantinedRow<'_>,
) -> Result<(), StoreError> {
    const OP: &str = "listing a quarantined row";
    let table = names.table("quarantine");
    let args = || -> Vec<Arg> {
        vec![
            of.run.into(),
            of.credential.into(),
            row.key.to_ledger_line().into(),
        ]
    };
    let delete = format!("DELETE FROM {table} WHERE run = ? AND credential = ? AND row_key = ?");
    conn.run(Query::of_ledger(OP, &delete, args())).await?;
    let insert = format!(
        "INSERT INTO {table} (run, credential, row_key, reason, class, bytes, at_ms) VALUES (?, ?, ?, ?, ?, ?, {})",
        conn.words().now_ms
    );
    let mut all = args();
    all.extend([
        row.reason.as_str().into(),
        row.class.into(),
        Arg::Int(row.bytes),
    ]);
    conn.run(Query::of_ledger(OP, &insert, all))
        .await
        .map(|_| ())
}

/// How many rows of a run are quarantined, by credential and reason.
pub async fn counts(
    conn: &mut Conn,
    names: &Names,
    run: &str,
) -> Result<Vec<(String, String, i64)>, StoreError> {
    let sql = format!(
        "SELECT credential, reason, COUNT(*) FROM {} WHERE run = ? GROUP BY credential, reason ORDER BY credential, reason",
        names.table("quarantine")
    );
    conn.rows(
        Query::of_ledger("reading the quarantine", &sql, vec![run.into()]),
        |r| Ok((r.owned(0)?, r.owned(1)?, r.number(2)?)),
    )
    .await
}

/// The quarantined rows of a run, at most `limit`.
pub async fn list(
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
        Query::of_ledger("reading the quarantine", &sql, vec![run.into()]),
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
