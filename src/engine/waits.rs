//! Rows that wait for a login, or for the deadline of a rule: counted wherever a whole column is looked at, and kept in the ledger by the
//! commands that write there.

use std::cell::RefCell;
use std::collections::HashMap;

use super::error::EngineError;
use super::look::ColumnLook;
use super::patience::patiently;
use super::run::{Execution, to_i64};
use super::session::Session;
use super::tally::Tally;
use crate::config::{Credential, Settings};
use crate::policy::Deadlines;
use crate::store::ledger::{Names, WaitingColumn, WaitingCount, waiting};
use crate::store::{Link, now_ms_of};

/// The rows of one column that wait for the sake of one rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wait {
    /// The rule, by its number.
    pub rule: usize,
    /// How many rows, with those that are due already.
    pub rows: u64,
    /// From when the rule's deadline counts; none where it has none, or its clock has not started.
    pub since_ms: Option<i64>,
    /// When they fall due.
    pub due_ms: Option<i64>,
}

/// Counts by rule.
pub(super) type WaitCounts = HashMap<usize, u64>;

/// The waits of a column: a line for every rule for which rows may wait, and 0 where none does.
pub(super) fn waits(
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

/// Keeps in the ledger how many rows wait, as looks at whole columns counted them.
///
/// # Errors
/// Whatever the database says.
pub async fn record_waits(
    control: &mut Link,
    session: &Session<'_>,
    looks: &[ColumnLook],
) -> Result<(), EngineError> {
    record(
        control,
        &session.names,
        session.now_ms,
        &waiting_columns(session.settings, looks),
    )
    .await
}

/// The same, as the ledger has it.
pub(super) fn waiting_columns(settings: &Settings, looks: &[ColumnLook]) -> Vec<WaitingColumn> {
    looks
        .iter()
        .map(|look| for_ledger(settings, &look.credential, &look.waits))
        .collect()
}

impl Execution<'_> {
    /// Keeps what a sweep counted that saw every row and found nothing more to change.
    pub(super) async fn record_waits(&self, tally: &RefCell<Tally>) -> Result<(), EngineError> {
        let settings = self.session.settings;
        let columns: Vec<WaitingColumn> = {
            let tally = tally.borrow();
            let none = WaitCounts::new();
            let of_column = |credential: &Credential| {
                let counts = tally.waits.get(&credential.name).unwrap_or(&none);
                let waits = waits(settings, &self.session.deadlines, &credential.name, counts);
                for_ledger(settings, &credential.name, &waits)
            };
            settings.credentials.iter().map(of_column).collect()
        };
        let mut control = self.control.lock().await;
        let now_ms = patiently(&mut control, async |conn| now_ms_of(conn).await).await?;
        record(&mut control, &self.session.names, now_ms, &columns).await
    }
}

pub(super) async fn record(
    control: &mut Link,
    names: &Names,
    at_ms: i64,
    columns: &[WaitingColumn],
) -> Result<(), EngineError> {
    patiently(control, async |conn| {
        waiting::record(conn, names, at_ms, columns).await
    })
    .await?;
    Ok(())
}

fn for_ledger(settings: &Settings, credential: &str, waits: &[Wait]) -> WaitingColumn {
    let count = |wait: &Wait| WaitingCount {
        rule: settings.rules.label(wait.rule),
        rows: to_i64(wait.rows),
    };
    WaitingColumn {
        credential: credential.to_owned(),
        rules: waits.iter().map(count).collect(),
    }
}
