//! The `site_check` table: by which the lines of a file of site-wide salts are known again.
//!
//! A check value is a slow hash of a line with a random salt. Nothing else of a line is kept.

use super::names::Names;
use crate::secret::StoredHash;
use crate::store::sql::{Arg, Conn, ErrorClass, Query, StoreError};

/// The check value of one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SiteCheck {
    /// The credential's name.
    pub credential: String,
    /// The number of the line, from 1.
    pub line: u8,
    /// The hash.
    pub value: StoredHash,
}

/// Every check value that is kept. There are none where there is no such table.
///
/// # Errors
/// Whatever the database says other than that the table is not there.
pub async fn all(conn: &mut Conn, names: &Names) -> Result<Vec<SiteCheck>, StoreError> {
    let sql = format!(
        "SELECT credential, line, check_value FROM {} ORDER BY credential, line",
        names.table("site_check")
    );
    let query = Query::of_ledger("reading the check values of site-wide salts", &sql, vec![]);
    let read = conn
        .rows(query, |row| {
            Ok(SiteCheck {
                credential: row.owned(0)?,
                line: u8::try_from(row.number(1)?).unwrap_or(u8::MAX),
                value: StoredHash::new(row.owned(2)?),
            })
        })
        .await;
    match read {
        Err(e) if e.class() == ErrorClass::Missing => Ok(Vec::new()),
        other => other,
    }
}

/// Keeps a check value. One that another process has kept meanwhile stays.
///
/// # Errors
/// Whatever the database says.
pub async fn keep(conn: &mut Conn, names: &Names, check: &SiteCheck) -> Result<(), StoreError> {
    let number = conn.words().bound_integer;
    let table = names.table("site_check");
    let value = String::from_utf8_lossy(check.value.as_bytes()).into_owned();
    let sql = format!(
        "INSERT INTO {table} (credential, line, check_value, at_ms) VALUES (?, {number}, ?, {}) {}",
        conn.words().now_ms,
        conn.words().upsert.keep("line")
    );
    let args = vec![
        check.credential.as_str().into(),
        Arg::Int(i64::from(check.line)),
        value.into(),
    ];
    let query = Query::of_ledger("keeping the check value of a site-wide salt", &sql, args);
    conn.run(query).await.map(|_| ())
}
