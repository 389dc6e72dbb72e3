//! The `rule_clock` table: when the deadline of a rule began to run.
//!
//! A clock begins once and is never moved.

use super::names::Names;
use crate::store::sql::{Conn, ErrorClass, Query, StoreError};

/// The rule whose clock it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClockKey {
    /// The credential's name.
    pub credential: String,
    /// The rule's name.
    pub rule: String,
}

/// A clock that runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleClock {
    /// The credential's name.
    pub credential: String,
    /// The rule's name.
    pub rule: String,
    /// When it began.
    pub since_ms: i64,
}

/// Every clock that runs; none where there is no ledger.
pub async fn all(conn: &mut Conn, names: &Names) -> Result<Vec<RuleClock>, StoreError> {
    let sql = format!(
        "SELECT credential, rule, since_ms FROM {}",
        names.table("rule_clock")
    );
    let read = conn
        .rows(
            Query::of_ledger("reading the deadlines", &sql, vec![]),
            |r| {
                Ok(RuleClock {
                    credential: r.owned(0)?,
                    rule: r.owned(1)?,
                    since_ms: r.number(2)?,
                })
            },
        )
        .await;
    match read {
        // MySQL denies a table that is not there to a user who was granted nothing on it.
        Err(e) if matches!(e.class(), ErrorClass::Missing | ErrorClass::Denied) => Ok(Vec::new()),
        other => other,
    }
}

/// Starts a rule's clock now, where it does not run yet.
pub async fn start(conn: &mut Conn, names: &Names, rule: &ClockKey) -> Result<(), StoreError> {
    // An error that is passed over would undo the whole transaction on PostgreSQL.
    let words = conn.words();
    let sql = format!(
        "INSERT INTO {} (since_ms, credential, rule) VALUES ({}, ?, ?) {}",
        names.table("rule_clock"),
        words.now_ms,
        words.upsert.keep("since_ms")
    );
    let args = vec![rule.credential.as_str().into(), rule.rule.as_str().into()];
    conn.run(Query::of_ledger("starting a deadline's clock", &sql, args))
        .await
        .map(|_| ())
}
