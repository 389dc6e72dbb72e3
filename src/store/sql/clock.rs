//! The database's clock.

use super::conn::Conn;
use super::error::StoreError;
use super::query::Query;

/// The database's clock, in milliseconds since 1970.
///
/// # Errors
/// Whatever the database says.
pub async fn now_ms_of(conn: &mut Conn) -> Result<i64, StoreError> {
    let sql = format!("SELECT {}", conn.words().now_ms);
    let rows = conn
        .rows(Query::ours("reading the clock", &sql, vec![]), |r| {
            r.number(0)
        })
        .await?;
    rows.first()
        .copied()
        .ok_or_else(|| StoreError::unexpected("reading the clock", "no answer"))
}
