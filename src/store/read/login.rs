//! Reads one user's row by the login that was typed.

use super::row::Row;
use super::select::{RowSelect, SelectedColumns};
use crate::store::sql::{Conn, Query, StoreError};
use crate::store::table::CredentialColumn;

/// Reads the rows that have this login, at most two: a second one is one too many already.
///
/// None where the credential names no login. What is equal is for the column's own collation to
/// say, as it is for the application.
///
/// # Errors
/// Whatever the database says.
pub async fn read_login(
    conn: &mut Conn,
    column: &CredentialColumn,
    login: &str,
) -> Result<Vec<Row>, StoreError> {
    let Some((equal, arg)) = column.equal_login(login)? else {
        return Ok(Vec::new());
    };
    let select = RowSelect::of(column, SelectedColumns::Whole);
    let sql = select.sql(vec![equal], " LIMIT 2");
    conn.begin().await?;
    let rows = conn
        .rows(
            Query::of_values(
                "reading a row of the user table by its login",
                &sql,
                vec![arg],
            ),
            |row| select.keep(row),
        )
        .await;
    conn.undone(rows).await
}
