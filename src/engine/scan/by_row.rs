//! A second pass over a column, where its census does not tell all: a rule may depend on whether a
//! list has the row's password, or whether it must be changed already.
//!
//! Counts which rules take which rows, line by line of the census.

use std::sync::Arc;

use super::chunker::Chunker;
use super::column::{ColumnKnown, Group, Purpose, WaitCounts, census_settings};
use super::known::as_passwords;
use crate::census::{ColumnCensus, KnownCounts, ListVerdicts};
use crate::engine::error::EngineError;
use crate::engine::judge::judge::{Judge, Moment};
use crate::engine::judge::parts::Proven;
use crate::engine::judge::work::{Decided, RowFacts};
use crate::engine::session::Session;
use crate::store::{Order, StoreError, scan};

/// What is asked of each row.
pub(crate) struct RowQuestion {
    /// What is proven of the column.
    pub(crate) proven: Proven,
    /// What the lists of known passwords said; none where nobody asks them.
    pub(crate) known: Option<Arc<ListVerdicts>>,
    pub(crate) purpose: Purpose,
}

/// What the second pass saw.
pub(crate) struct RowCount {
    pub(crate) groups: Vec<Group>,
    /// What lists said, where any were asked.
    pub(crate) known: Option<ColumnKnown>,
    pub(crate) waits: WaitCounts,
    pub(crate) chunker: Chunker,
}

/// Counts again. Rows that are of no line of the census have arrived since it was made; they are
/// left to the run.
pub(crate) async fn count_by_row(
    session: &mut Session<'_>,
    at: usize,
    census: &ColumnCensus,
    question: RowQuestion,
) -> Result<RowCount, EngineError> {
    let RowQuestion {
        proven,
        known,
        purpose,
    } = question;
    let settings = session.settings;
    let credential = &settings.credentials[at];
    let mut finder = census.finder(census_settings(session, credential)?);
    let column = as_passwords(&session.columns[at], credential)
        .with_salts()?
        .with_dividers_of(credential, proven.dividers())?;
    let judge = Judge::new(
        settings,
        credential,
        proven,
        Moment {
            now_ms: session.now_ms,
            deadlines: &session.deadlines,
        },
    )
    .with_known(known.clone());
    let mut groups: Vec<Group> = Vec::new();
    let mut waits = WaitCounts::new();
    let mut lines = vec![KnownCounts::default(); census.lines.len()];
    let mut chunker = Chunker::new(purpose);
    let order = match purpose {
        Purpose::Chunks(_) => Order::Key,
        Purpose::Count | Purpose::Plan => Order::Any,
    };
    scan(&mut session.conn, &column, order, &mut |row| {
        if row.excepted {
            return Ok(());
        }
        let recognised = credential.recognise(row.value).beside(row.salt_beside()?);
        let row_facts = RowFacts {
            value: row.value,
            last_login: row.last_login,
            excepted: false,
            must_change: row.must_change,
            beside: &row,
        };
        let decided = judge.decide_recognised(&recognised, row_facts);
        let Decided {
            decision,
            known,
            waits_for,
            ..
        } = decided;
        if let Some(rule) = waits_for {
            *waits.entry(rule).or_default() += 1;
        }
        if let Some(line) = finder.line_of(&recognised) {
            if let Some(judgement) = known {
                lines[line].add(judgement);
            }
            let same = |group: &&mut Group| group.line == line && group.decision == decision;
            match groups.iter_mut().find(same) {
                Some(group) => group.rows += 1,
                None => groups.push(Group {
                    line,
                    decision,
                    rows: 1,
                }),
            }
        }
        chunker.row(settings, &row, &recognised, &decided)?;
        Ok::<(), StoreError>(())
    })
    .await?;
    groups.sort_by_key(|group| group.line);
    Ok(RowCount {
        groups,
        known: known.map(|known| ColumnKnown::new(lines, known)),
        waits,
        chunker,
    })
}
