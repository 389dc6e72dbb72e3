//! Rows that are in no part of a credential: the column that divides it has another value there.

use crate::store::sql::{Conn, Query, StoreError};
use crate::store::table::CredentialColumn;

/// Rows with one value that the file does not name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnlistedRows {
    /// The value, as text. None is NULL.
    pub value: Option<String>,
    /// How many rows.
    pub rows: u64,
}

/// A column that says which scheme a row has has few values. What comes beyond is one line.
const VALUES_MAX: usize = 100;

/// Counts the rows of the whole credential that are in no part, value by value. Only the first part
/// is asked; the others have none.
///
/// # Errors
/// Whatever the database says.
pub async fn count_unlisted(
    conn: &mut Conn,
    column: &CredentialColumn,
) -> Result<Vec<UnlistedRows>, StoreError> {
    let Some(format) = column.format.as_ref().filter(|format| format.is_first) else {
        return Ok(Vec::new());
    };
    let own = column.own_filter.as_ref();
    let own = own.map_or_else(String::new, |sql| format!("{sql} AND "));
    // A comparison with NULL is neither true nor false.
    let sql = format!(
        "SELECT v, {} FROM (SELECT {} AS v FROM {} t WHERE {own}CASE WHEN {} THEN 0 ELSE 1 END = 1) AS unlisted \
         GROUP BY v ORDER BY 2 DESC LIMIT {VALUES_MAX}",
        conn.words().integer("COUNT(*)"),
        format.text,
        column.table_ident,
        format.is_named
    );
    conn.begin().await?;
    let query = Query::of_values("counting rows of other formats", &sql, Vec::new());
    let rows = conn
        .rows(query, |row| {
            let value = row.bytes(0)?;
            let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim_end().to_owned();
            Ok(UnlistedRows {
                value: value.map(text),
                rows: u64::try_from(row.number(1)?).unwrap_or(0),
            })
        })
        .await;
    conn.undone(rows).await
}
