//! One number that a query of the operator's gives, such as the seconds by which a replica lags.

use super::conn::Conn;
use super::error::{Quote, StoreError};
use super::kind::Kind;
use super::text::operators;

/// The number of a SELECT; none for NULL and for no row. As a part of a longer statement it can do nothing but read.
///
/// # Errors
/// Whatever the database says of it; more than one row or column, except on SQLite, which takes the first.
pub async fn measure(conn: &mut Conn, select: &str) -> Result<Option<f64>, StoreError> {
    let select = operators(conn.kind(), select);
    let sql = match conn.kind() {
        Kind::Postgres => format!("SELECT CAST({select} AS DOUBLE PRECISION)"),
        // CAST knows DOUBLE since MySQL 8.0.17 only.
        Kind::MySql => format!("SELECT {select} + 0e0"),
        Kind::Sqlite => format!("SELECT CAST({select} AS REAL)"),
    };
    let rows = conn
        .rows("asking the lag", Quote::CodeOnly, &sql, vec![], |row| {
            row.real(0)
        })
        .await?;
    Ok(rows.first().copied().flatten())
}
