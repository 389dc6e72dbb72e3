//! Reads rows: all of them in a stream, a page in key order, or single rows by their keys.

use super::row::{Row, ScanRow};
use super::select::{RowSelect, SelectedColumns};
use crate::failpoint::hit;
use crate::store::sql::{Arg, Conn, Query, StoreError};
use crate::store::table::{Compare, CredentialColumn, Key};

/// In which order a scan reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// As the database likes it.
    Any,
    /// As the database likes it, with the keys; [`ScanRow::key`] works.
    AnyWithKeys,
    /// By key; [`ScanRow::key`] works.
    Key,
}

/// A page's bounds and size.
#[derive(Clone, Copy, Debug)]
pub struct Bounds<'k> {
    /// Only keys behind this one.
    pub after: Option<&'k Key>,
    /// Only keys up to this one.
    pub up_to: Option<&'k Key>,
    /// The most rows to read.
    pub limit: usize,
}

/// Streams every row of the credential through `each`.
///
/// # Errors
/// Whatever the database says; the row that `each` failed on.
pub async fn scan(
    conn: &mut Conn,
    column: &CredentialColumn,
    order: Order,
    each: &mut (dyn FnMut(ScanRow<'_>) -> Result<(), StoreError> + Send),
) -> Result<(), StoreError> {
    // A scan in pages goes by the key.
    let limit = column.kind.words().scan_rows_max;
    let columns = if order == Order::Any && limit.is_none() {
        SelectedColumns::Value
    } else {
        SelectedColumns::Keyed
    };
    let select = RowSelect::of(column, columns);
    let mut rest = String::new();
    if order == Order::Key || limit.is_some() {
        rest = format!(" ORDER BY {}", column.order());
    }
    if let Some(limit) = limit {
        rest.push_str(&format!(" LIMIT {limit}"));
    }
    let mut after: Option<Key> = None;
    loop {
        let (conditions, args) = between(column, after.as_ref(), None);
        let sql = select.sql(conditions, &rest);
        let mut seen = 0_usize;
        let mut last: Option<Key> = None;
        conn.begin().await?;
        let read = conn
            .each_row(
                Query::of_values("reading the user table", &sql, args),
                &mut |row| {
                    let scanned = select.view(row)?;
                    seen += 1;
                    if limit == Some(seen) {
                        last = Some(scanned.key()?);
                    }
                    each(scanned)?;
                    Ok(true)
                },
            )
            .await;
        conn.undone(read).await?;
        if hit("scan-lost") {
            return Err(StoreError::answer_lost());
        }
        after = last;
        if after.is_none() {
            return Ok(());
        }
    }
}

/// Reads a page in key order.
///
/// # Errors
/// Whatever the database says.
pub async fn read_page(
    conn: &mut Conn,
    column: &CredentialColumn,
    bounds: Bounds<'_>,
) -> Result<Vec<Row>, StoreError> {
    let select = RowSelect::of(column, SelectedColumns::Whole);
    let (conditions, args) = between(column, bounds.after, bounds.up_to);
    let rest = format!(" ORDER BY {} LIMIT {}", column.order(), bounds.limit);
    let sql = select.sql(conditions, &rest);
    conn.begin().await?;
    let rows = conn
        .rows(
            Query::of_values("reading a page of the user table", &sql, args),
            |row| select.keep(row),
        )
        .await;
    conn.undone(rows).await
}

/// Reads single rows by their keys, in the order of `keys`.
///
/// A row that is not there, or that `where` leaves out, is none.
///
/// # Errors
/// Whatever the database says.
pub async fn read_keys(
    conn: &mut Conn,
    column: &CredentialColumn,
    keys: &[Key],
) -> Result<Vec<Option<Row>>, StoreError> {
    conn.begin().await?;
    let mut out = Vec::with_capacity(keys.len());
    for key in keys {
        match read_key(conn, column, key).await {
            Ok(row) => out.push(row),
            Err(e) => return conn.undone(Err(e)).await,
        }
    }
    conn.rollback().await?;
    Ok(out)
}

/// Reads one row inside the caller's transaction.
pub(in crate::store) async fn read_key(
    conn: &mut Conn,
    column: &CredentialColumn,
    key: &Key,
) -> Result<Option<Row>, StoreError> {
    let select = RowSelect::of(column, SelectedColumns::Whole);
    let sql = select.sql(vec![column.equal_key()], "");
    let args = key.args().collect();
    let rows = conn
        .rows(
            Query::of_values("reading a row of the user table", &sql, args),
            |row| select.keep(row),
        )
        .await?;
    Ok(rows.into_iter().next())
}

/// The conditions on the key between two bounds, and what to bind.
fn between(
    column: &CredentialColumn,
    after: Option<&Key>,
    up_to: Option<&Key>,
) -> (Vec<String>, Vec<Arg>) {
    let mut conditions = Vec::new();
    let mut args = Vec::new();
    for (bound, op) in [(after, Compare::After), (up_to, Compare::UpTo)] {
        if let Some(key) = bound {
            let (sql, parts) = column.compare(op);
            conditions.push(sql);
            args.extend(parts.into_iter().map(|i| key.0[i].arg()));
        }
    }
    (conditions, args)
}
