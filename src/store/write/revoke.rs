//! The operator's statements over the keys of rows that were reset.
//!
//! They run inside the page's transaction. Before a run they are tried for nobody, in a transaction
//! that is rolled back.

use super::swap::swap_statement;
use crate::store::sql::{Conn, Query, StoreError};
use crate::store::table::{CredentialColumn, Key, RowChange};

/// Runs the operator's statements for the rows that were reset, inside the caller's transaction.
///
/// # Errors
/// `OnReset` where a statement fails. A failure that passes by itself stays what it is, so that the
/// page is tried again.
pub(super) async fn revoke(
    conn: &mut Conn,
    column: &CredentialColumn,
    keys: &[&Key],
) -> Result<(), StoreError> {
    if keys.is_empty() {
        return Ok(());
    }
    run_all(conn, column, keys).await
}

async fn run_all(
    conn: &mut Conn,
    column: &CredentialColumn,
    keys: &[&Key],
) -> Result<(), StoreError> {
    for (number, statement) in (1..).zip(&column.on_reset.statements) {
        let (sql, args) = statement.bound(&column.keys[0], column.kind, keys);
        let ran = conn
            .run(Query::of_values("the statement", &sql, args))
            .await;
        if let Err(error) = ran {
            if error.is_transient() {
                return Err(error);
            }
            return Err(StoreError::OnReset {
                credential: column.credential.clone(),
                number,
                error: Box::new(error),
            });
        }
    }
    Ok(())
}

/// Resets nobody: a page without rows, the operator's statements without keys, and a rollback.
///
/// # Errors
/// `Refused` where a statement fails.
pub async fn try_on_reset(conn: &mut Conn, column: &CredentialColumn) -> Result<(), StoreError> {
    conn.begin().await?;
    let tried = async {
        for change in [RowChange::Reset, RowChange::Soft] {
            if change == RowChange::Soft && column.on_reset.must_change.is_none() {
                continue;
            }
            let (sql, args) = swap_statement(column, change, &[])?;
            conn.run(Query::of_values("resetting nobody", &sql, args))
                .await?;
        }
        run_all(conn, column, &[]).await
    }
    .await;
    conn.undone(tried).await.map_err(|error| match error {
        error if error.is_transient() => error,
        StoreError::OnReset { error, number, .. } => StoreError::refused(
            format!(
                "credential {}: statement {number} of `on_reset.sql` was tried for nobody and rolled back: {error}",
                column.credential
            ),
            "put the statement right; nothing has been written",
        ),
        error => StoreError::refused(
            format!(
                "credential {}: a reset was tried for nobody and rolled back: {error}",
                column.credential
            ),
            "put `on_reset.set` right; nothing has been written",
        ),
    })
}

/// The operator's statements for nobody, with nothing to bind, for the preflight to explain.
pub(in crate::store) fn statements_for_nobody(column: &CredentialColumn) -> Vec<String> {
    let statements = column.on_reset.statements.iter();
    statements
        .map(|one| one.for_nobody(&column.keys[0], column.kind))
        .collect()
}
