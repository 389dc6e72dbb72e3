//! Reads one user's row by the login that was typed.

use super::row::Row;
use super::select::{RowSelect, SelectedColumns};
use crate::store::sql::{Conn, Query, StoreError};
use crate::store::table::{CredentialColumn, LoginClass, LoginSql, LoginWay};

/// What a database says of a login.
#[derive(Debug)]
pub struct FoundLogin {
    /// The rows that have it.
    pub rows: Vec<LoginRow>,
    /// The same bytes for every text that the database takes for the same login, whether any row
    /// has it or not: at least one class for each column.
    pub classes: Vec<Vec<u8>>,
}

/// A row that has a login.
#[derive(Clone, Debug)]
pub struct LoginRow {
    /// By the order of the columns, and in each the text itself before what is taken for the same.
    /// The rows of the least rank are meant: the one of them, or nobody where there are more.
    pub rank: usize,
    /// The class of the text that it has.
    pub class: Vec<u8>,
    /// The row.
    pub row: Row,
}

impl FoundLogin {
    /// The rows that are meant.
    pub fn into_rows(self) -> Vec<Row> {
        let least = self.rows.iter().map(|found| found.rank).min();
        let meant = self.rows.into_iter();
        meant
            .filter(|found| Some(found.rank) == least)
            .map(|found| found.row)
            .collect()
    }
}

/// The rows of one way, and the class of its text.
struct FoundWay {
    rows: Vec<Row>,
    class: Vec<u8>,
}

const OP: &str = "reading a row of the user table by its login";

/// Reads the rows that have this login, and the login's classes of equal texts, by one SELECT for
/// each way in which a row can have it.
///
/// There are no rows where the credential names no login. What is equal is for the column's own
/// type and collation to say, as it is for the application. Every way is asked, whichever has a
/// row: the time must not show it.
///
/// # Errors
/// Whatever the database says. A text that the column can't hold is no error: no row has it.
pub async fn read_login(
    conn: &mut Conn,
    column: &CredentialColumn,
    login: &str,
) -> Result<FoundLogin, StoreError> {
    let mut found = FoundLogin {
        rows: Vec::new(),
        classes: Vec::new(),
    };
    for way in column.login_ways(login)? {
        let (rank, place) = (way.rank, way.column);
        let FoundWay { rows, class } = read_way(conn, column, way).await?;
        let class = [&[place], &*class].concat();
        for row in rows {
            // Two forms of one text may be the same to the column.
            let mut others = found.rows.iter();
            if !others.any(|other| other.rank == rank && other.row.key == row.key) {
                let class = class.clone();
                found.rows.push(LoginRow { rank, class, row });
            }
        }
        if !found.classes.contains(&class) {
            found.classes.push(class);
        }
    }
    Ok(found)
}

async fn read_way(
    conn: &mut Conn,
    column: &CredentialColumn,
    LoginWay { text, typed, .. }: LoginWay,
) -> Result<FoundWay, StoreError> {
    let select = RowSelect::of(column, SelectedColumns::Whole);
    let nobody = |class: Option<Vec<u8>>| FoundWay {
        rows: Vec::new(),
        class: class.unwrap_or_else(|| text.as_bytes().to_vec()),
    };
    let found = match (typed.equal, typed.class) {
        (None, LoginClass::Bytes(class)) => return Ok(nobody(Some(class))),
        (Some(equal), LoginClass::Bytes(class)) => {
            conn.begin().await?;
            let rows = rows(conn, &select, equal).await;
            conn.undone(rows).await.map(|rows| FoundWay { rows, class })
        }
        (equal, LoginClass::Sql(class)) => {
            conn.begin().await?;
            let found = classed(conn, &select, (equal, class)).await;
            conn.undone(found).await.map(|(rows, class)| FoundWay {
                rows,
                ..nobody(class)
            })
        }
    };
    match found {
        Err(error) if error.is_unheld_text() && !is_held(conn, &text).await? => Ok(nobody(None)),
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
