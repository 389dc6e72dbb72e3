//! The `rule_clock` table: when the deadline of a rule began to run. It begins once and is never moved.

use super::names::Names;
use crate::store::sql::{Arg, Conn, Kind, Quote, StoreError, Trouble, now_ms};

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
        .rows("reading the deadlines", Quote::Message, &sql, vec![], |r| {
            Ok(RuleClock {
                credential: r.owned(0)?,
                rule: r.owned(1)?,
                since_ms: r.number(2)?,
            })
        })
        .await;
    match read {
        // MySQL denies a table that is not there to a user who was granted nothing on it.
        Err(e) if matches!(e.trouble(), Trouble::Missing | Trouble::Denied) => Ok(Vec::new()),
        other => other,
    }
}

/// Starts a clock that does not run yet, now or at the moment that the configuration names.
pub async fn start(
    conn: &mut Conn,
    names: &Names,
    credential: &str,
    rule: &str,
    since_ms: Option<i64>,
) -> Result<(), StoreError> {
    let table = names.table("rule_clock");
    let (value, mut args) = match since_ms {
        Some(ms) => ("?".to_owned(), vec![Arg::Int(ms)]),
        None => (now_ms(conn.kind()).to_owned(), vec![]),
    };
    // No error that is passed over: on PostgreSQL it would undo the whole transaction.
    let unless_it_runs = match conn.kind() {
        Kind::MySql => "ON DUPLICATE KEY UPDATE since_ms = since_ms",
        Kind::Postgres | Kind::Sqlite => "ON CONFLICT DO NOTHING",
    };
    let sql = format!(
        "INSERT INTO {table} (since_ms, credential, rule) VALUES ({value}, ?, ?) {unless_it_runs}"
    );
    args.extend([credential.into(), rule.into()]);
    conn.run("starting a deadline's clock", Quote::Message, &sql, args)
        .await
        .map(|_| ())
}
