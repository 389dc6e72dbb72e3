//! Rows that wait for a login, or for the deadline of a rule. They are counted wherever a whole
//! column is read. Commands that write keep the counts in the ledger.

use super::column::{ColumnScan, Wait, WaitCounts};
use crate::config::Settings;
use crate::engine::error::EngineError;
use crate::engine::event::to_i64;
use crate::engine::retry::retry;
use crate::engine::session::Session;
use crate::policy::Deadlines;
use crate::store::Link;
use crate::store::ledger::{Names, WaitingColumn, WaitingCount, waiting};

/// The waits of a column: a line for every rule for which rows may wait, and 0 where none does.
pub(crate) fn waits(
    settings: &Settings,
    deadlines: &Deadlines,
    credential: &str,
    counts: &WaitCounts,
) -> Vec<Wait> {
    let of_rule = |(number, rule)| Wait {
        rule: number,
        rows: counts.get(&number).copied().unwrap_or(0),
        since_ms: deadlines.since(credential, rule),
        due_ms: deadlines.due(credential, rule),
    };
    settings.rules.waited_for(credential).map(of_rule).collect()
}

/// Keeps in the ledger how many rows wait, as scans of whole columns counted them.
///
/// # Errors
/// Whatever the database says.
pub async fn record_waits(
    control: &mut Link,
    session: &Session<'_>,
    scans: &[ColumnScan],
) -> Result<(), EngineError> {
    record(
        control,
        &session.names,
        session.now_ms,
        &waiting_columns(session.settings, scans),
    )
    .await
}

/// The same, as the ledger has it.
pub(crate) fn waiting_columns(settings: &Settings, scans: &[ColumnScan]) -> Vec<WaitingColumn> {
    scans
        .iter()
        .map(|scan| for_ledger(settings, &scan.credential, &scan.waits))
        .collect()
}

pub(crate) async fn record(
    control: &mut Link,
    names: &Names,
    at_ms: i64,
    columns: &[WaitingColumn],
) -> Result<(), EngineError> {
    retry(control, async |conn| {
        waiting::record(conn, names, at_ms, columns).await
    })
    .await?;
    Ok(())
}

pub(crate) fn for_ledger(settings: &Settings, credential: &str, waits: &[Wait]) -> WaitingColumn {
    let count = |wait: &Wait| WaitingCount {
        rule: settings.rules.label(wait.rule),
        rows: to_i64(wait.rows),
    };
    WaitingColumn {
        credential: credential.to_owned(),
        rules: waits.iter().map(count).collect(),
    }
}
