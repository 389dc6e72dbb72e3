//! One number that a query of the operator's gives, such as the seconds by which a replica lags.

use super::conn::Conn;
use super::error::StoreError;
use super::query::Query;
use super::text::operators;

/// The number of a SELECT; none for NULL and for no row.
///
/// As a part of a longer statement it can do nothing but read.
///
/// # Errors
/// Whatever the database says of it. More than one row or column is an error too, except on SQLite,
/// which takes the first.
pub async fn measure(conn: &mut Conn, select: &str) -> Result<Option<f64>, StoreError> {
    let select = operators(conn.kind(), select);
    let [before, behind] = conn.words().real;
    let sql = format!("SELECT {before}{select}{behind}");
    let rows = conn
        .rows(Query::of_values("asking the lag", &sql, vec![]), |row| {
            row.real(0)
        })
        .await?;
    Ok(rows.first().copied().flatten())
}
