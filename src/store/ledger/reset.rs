//! The `reset` table: which rows were reset, by what, when and why.
//!
//! A line commits with the row that it speaks of.

use std::collections::HashSet;

use super::names::Names;
use super::rows_of::{PageOf, RowsOf};
use crate::policy::ResetMode;
use crate::store::sql::{Arg, Conn, ErrorClass, Query, StoreError};

/// Why a row was reset.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ResetReason {
    /// The rule's name, or its number.
    pub rule: String,
    /// Why, in a word or in the operator's own.
    pub reason: String,
    /// The class of the value that stood there.
    pub class: &'static str,
    /// What was done to the value.
    pub how: ResetMode,
}

/// A row that was reset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResetLine {
    /// The run.
    pub run: String,
    /// The chunk's number.
    pub chunk: i64,
    /// The credential's name.
    pub credential: String,
    /// The key, in the ledger's form.
    pub row_key: String,
    /// The rule's name, or its number.
    pub rule: String,
    /// Why.
    pub reason: String,
    /// The class of the value that stood there.
    pub class: String,
    /// `hard` or `soft`.
    pub how: String,
    /// When.
    pub at_ms: i64,
}

/// Which lines are read.
#[derive(Clone, Copy, Debug, Default)]
pub struct ResetLines<'a> {
    /// Those of one run; of all where there is none.
    pub run: Option<&'a str>,
    /// Those behind this line, in the order of time: where a connection is lost, the reading goes
    /// on over another one.
    pub after: Option<&'a ResetLine>,
}

/// Keeps which rows a page has reset, inside the caller's transaction.
///
/// Rows with the same reason take one statement.
pub(crate) async fn note(
    conn: &mut Conn,
    names: &Names,
    of: &PageOf<'_>,
    rows: &[(String, &ResetReason)],
) -> Result<(), StoreError> {
    let mut reasons: Vec<&ResetReason> = rows.iter().map(|(_, why)| *why).collect();
    reasons.sort();
    reasons.dedup();
    let table = names.table("reset");
    let now = conn.words().now_ms;
    let (keys, key) = conn.words().text_table();
    let number = conn.words().bound_integer;
    let sql = format!(
        "INSERT INTO {table} (run, chunk, credential, rule, reason, class, how, row_key, at_ms) SELECT ?, {number}, ?, ?, ?, ?, ?, {key}, {now} FROM {keys}"
    );
    for why in reasons {
        let keys: Vec<String> = rows
            .iter()
            .filter(|(_, of_row)| *of_row == why)
            .map(|(key, _)| key.clone())
            .collect();
        let args = vec![
            of.run.into(),
            Arg::Int(of.chunk),
            of.credential.into(),
            why.rule.as_str().into(),
            why.reason.as_str().into(),
            why.class.into(),
            why.how.as_str().into(),
            Arg::texts(conn.words().lists, keys),
        ];
        conn.run(Query::of_ledger("keeping who was reset", &sql, args))
            .await?;
    }
    Ok(())
}

/// Which of these rows a run has reset already.
pub async fn among(
    conn: &mut Conn,
    names: &Names,
    of: RowsOf<'_>,
    keys: &[String],
) -> Result<HashSet<String>, StoreError> {
    let mut found = HashSet::new();
    for keys in keys.chunks(500) {
        let sql = format!(
            "SELECT row_key FROM {} WHERE run = ? AND credential = ? AND row_key IN ({})",
            names.table("reset"),
            vec!["?"; keys.len()].join(", ")
        );
        let args = [of.run, of.credential].into_iter();
        let args = args.chain(keys.iter().map(String::as_str)).map(Arg::from);
        let rows = conn
            .rows(
                Query::of_ledger("looking up who was reset", &sql, args.collect()),
                |r| r.owned(0),
            )
            .await?;
        found.extend(rows);
    }
    Ok(found)
}

/// How many rows a run has reset so far, by rule.
pub async fn by_rule(
    conn: &mut Conn,
    names: &Names,
    run: &str,
) -> Result<Vec<(String, u64)>, StoreError> {
    let sql = format!(
        "SELECT rule, COUNT(*) FROM {} WHERE run = ? GROUP BY rule ORDER BY rule",
        names.table("reset")
    );
    conn.rows(
        Query::of_ledger("counting who was reset", &sql, vec![run.into()]),
        |r| Ok((r.owned(0)?, r.number(1)?.cast_unsigned())),
    )
    .await
}

/// Hands every line that is asked for to `each`, in the order of time.
///
/// There are none where there is no such table.
///
/// # Errors
/// Whatever the database says other than that the table is not there.
pub async fn each(
    conn: &mut Conn,
    names: &Names,
    lines: ResetLines<'_>,
    each: &mut (dyn FnMut(ResetLine) -> bool + Send),
) -> Result<(), StoreError> {
    let mut only = Vec::new();
    let mut args: Vec<Arg> = Vec::new();
    if let Some(run) = lines.run {
        only.push("run = ?");
        args.push(run.into());
    }
    if let Some(last) = lines.after {
        only.push(
            "(at_ms > ? OR (at_ms = ? AND (run > ? OR (run = ? AND (chunk > ? OR (chunk = ? AND row_key > ?))))))",
        );
        let [run, key] = [last.run.as_str(), last.row_key.as_str()];
        args.extend([Arg::Int(last.at_ms), Arg::Int(last.at_ms)]);
        args.extend([run.into(), run.into()]);
        args.extend([Arg::Int(last.chunk), Arg::Int(last.chunk), key.into()]);
    }
    let only = match only.is_empty() {
        true => String::new(),
        false => format!(" WHERE {}", only.join(" AND ")),
    };
    let sql = format!(
        "SELECT run, credential, row_key, rule, reason, class, how, at_ms, chunk FROM {}{only} ORDER BY at_ms, run, chunk, row_key",
        names.table("reset")
    );
    let read = conn
        .each_row(
            Query::of_ledger("reading who was reset", &sql, args),
            &mut |r| {
                Ok(each(ResetLine {
                    run: r.owned(0)?,
                    credential: r.owned(1)?,
                    row_key: r.owned(2)?,
                    rule: r.owned(3)?,
                    reason: r.owned(4)?,
                    class: r.owned(5)?,
                    how: r.owned(6)?,
                    at_ms: r.number(7)?,
                    chunk: r.number(8)?,
                }))
            },
        )
        .await;
    match read {
        // MySQL denies a table that is not there to a user who was granted nothing on it.
        Err(e) if matches!(e.class(), ErrorClass::Missing | ErrorClass::Denied) => Ok(()),
        other => other.map(|_| ()),
    }
}
