//! Everything that is looked at before a run, the gravest findings first.

use super::finding::{CODES, Finding};
use super::report::Report;
use super::unique::Unique;
use super::want::{Access, Want, WrittenValues};
use super::{format_column, label_column, mysql, postgres, sqlite, uncovered};
use crate::policy::ResetMode;
use crate::store::sql::{Conn, Kind, StoreError};
use crate::store::table::CredentialColumn;

/// Looks at everything for which a run is refused or warned. The gravest findings come first.
///
/// # Errors
/// Only where the database could not be asked; what is wrong with it is a finding.
pub async fn preflight(
    conn: &mut Conn,
    column: &CredentialColumn,
    want: &Want,
) -> Result<Vec<Finding>, StoreError> {
    let mut findings = Vec::new();
    // A CHECK may take a hash and no dead value. A user may have the right to change the value and
    // nothing beside it.
    let resets = want.resets.iter().map(|how| match how {
        ResetMode::Hard => WrittenValues::Dead,
        ResetMode::Soft => WrittenValues::Kept,
    });
    let own = std::iter::once(want.values).filter(|values| *values != WrittenValues::Kept);
    for values in own.chain(resets) {
        let want = Want {
            values,
            ..want.clone()
        };
        for finding in look(conn, column, &want).await? {
            if !findings.contains(&finding) {
                findings.push(finding);
            }
        }
    }
    if want.access == Access::Read {
        findings.retain(|finding| {
            CODES
                .iter()
                .any(|about| about.code == finding.code && about.concerns_reading)
        });
    }
    findings.sort_by_key(|finding| finding.severity);
    Ok(findings)
}

async fn look(
    conn: &mut Conn,
    column: &CredentialColumn,
    want: &Want,
) -> Result<Vec<Finding>, StoreError> {
    let mut report = Report::default();
    format_column::look(column, want, &mut report);
    match conn.kind() {
        Kind::Postgres => postgres::look(conn, column, want, &mut report).await?,
        Kind::MySql => mysql::look(conn, column, want, &mut report).await?,
        Kind::Sqlite => sqlite::look(conn, column, want, &mut report).await?,
    }
    uncovered::look(column, want, &mut report);
    label_column::look(conn, column, want, &mut report).await?;
    Ok(report.0)
}

/// The keys that name one row each, the primary key first.
///
/// They are columns of unique indexes that hold for every row and are never NULL.
pub(crate) async fn unique_keys(
    conn: &mut Conn,
    column: &CredentialColumn,
) -> Result<Vec<Vec<String>>, StoreError> {
    let uniques = uniques(conn, column).await?;
    let never_null = |name: &String| column.table.column(name).is_some_and(|info| !info.nullable);
    Ok(uniques
        .into_iter()
        .map(|unique| unique.columns)
        .filter(|columns| columns.iter().all(never_null))
        .collect())
}

/// The unique indexes that hold for every row, the primary key first.
pub(super) async fn uniques(
    conn: &mut Conn,
    column: &CredentialColumn,
) -> Result<Vec<Unique>, StoreError> {
    match conn.kind() {
        Kind::Postgres => postgres::uniques(conn, column).await,
        Kind::MySql => mysql::uniques(conn, column).await,
        Kind::Sqlite => sqlite::uniques(conn, column).await,
    }
}
