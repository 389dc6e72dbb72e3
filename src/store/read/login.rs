//! Reads one user's row by the login that was typed.

use super::row::Row;
use super::select::{RowSelect, SelectedColumns};
use crate::store::sql::{Conn, Query, StoreError};
use crate::store::table::{CredentialColumn, LoginClass, LoginSql};

/// What a database says of a login.
#[derive(Debug)]
pub struct FoundLogin {
    /// The rows that have it, at most two: a second one is one too many already.
    pub rows: Vec<Row>,
    /// The same bytes for every text that the database takes for the same login, whether any row
    /// has it or not.
    pub class: Vec<u8>,
}

const OP: &str = "reading a row of the user table by its login";

/// Reads the rows that have this login, and the login's class of equal texts, by one SELECT.
///
/// There are no rows where the credential names no login. What is equal is for the column's own
/// type and collation to say, as it is for the application.
///
/// # Errors
/// Whatever the database says. A text that the column can't hold is no error: no row has it.
pub async fn read_login(
    conn: &mut Conn,
    column: &CredentialColumn,
    login: &str,
) -> Result<FoundLogin, StoreError> {
    let typed = column.typed_login(login)?;
    let select = RowSelect::of(column, SelectedColumns::Whole);
    let nobody = || FoundLogin {
        rows: Vec::new(),
        class: login.as_bytes().to_vec(),
    };
    let found = match (typed.equal, typed.class) {
        (None, LoginClass::Bytes(class)) => {
            return Ok(FoundLogin { class, ..nobody() });
        }
        (Some(equal), LoginClass::Bytes(class)) => {
            conn.begin().await?;
            let rows = rows(conn, &select, equal).await;
            conn.undone(rows)
                .await
                .map(|rows| FoundLogin { rows, class })
        }
        (equal, LoginClass::Sql(class)) => {
            conn.begin().await?;
            let found = classed(conn, &select, (equal, class)).await;
            conn.undone(found).await.map(|(rows, class)| FoundLogin {
                rows,
                class: class.unwrap_or_else(|| nobody().class),
            })
        }
    };
    match found {
        Err(error) if error.is_unheld_text() && !is_held(conn, login).await? => Ok(nobody()),
        other => other,
    }
}

async fn rows(
    conn: &mut Conn,
    select: &RowSelect<'_>,
    LoginSql { sql, args }: LoginSql,
) -> Result<Vec<Row>, StoreError> {
    let sql = select.sql(vec![sql], " LIMIT 2");
    conn.rows(Query::of_values(OP, &sql, args), |row| select.keep(row))
        .await
}

async fn classed(
    conn: &mut Conn,
    select: &RowSelect<'_>,
    (equal, class): (Option<LoginSql>, LoginSql),
) -> Result<(Vec<Row>, Option<Vec<u8>>), StoreError> {
    let LoginSql { sql, mut args } = equal.unwrap_or_else(|| LoginSql {
        sql: "1 = 0".to_owned(),
        args: Vec::new(),
    });
    args.extend(class.args);
    let sql = select.sql_beside(vec![sql], &class.sql);
    let found = conn
        .rows(Query::of_values(OP, &sql, args), |row| {
            select.keep_beside(row)
        })
        .await?;
    let mut rows = Vec::new();
    let mut class = None;
    for (row, beside) in found {
        rows.extend(row);
        class = beside;
    }
    Ok((rows, class))
}

/// Whether the database has a form for every character of a text.
async fn is_held(conn: &mut Conn, text: &str) -> Result<bool, StoreError> {
    let sql = format!(
        "SELECT {}",
        conn.words().integer("CASE WHEN ? = '' THEN 0 ELSE 1 END")
    );
    let query = Query::of_values(
        "asking whether a login can be stored",
        &sql,
        vec![text.into()],
    );
    match conn.rows(query, |_| Ok(())).await {
        Ok(_) => Ok(true),
        Err(error) if error.is_unheld_text() => Ok(false),
        Err(error) => Err(error),
    }
}
