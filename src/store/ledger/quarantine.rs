//! What the ledger keeps for people: quarantined rows, events, workers, censuses. No value and nothing made from one.

use super::names::Names;
use crate::store::sql::{Conn, Quote, StoreError};

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
