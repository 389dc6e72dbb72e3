//! Which of the rows that were read a pass takes, and what is counted of the others.

use std::collections::{HashSet, VecDeque};

use super::pass::{Pass, ReadEnd};
use super::throttle::signal::ThrottleNews;
use crate::engine::error::EngineError;
use crate::engine::judge::judge::Judge;
use crate::engine::judge::row_event::row_event;
use crate::engine::judge::work::{Disposition, Judged};
use crate::engine::retry::retry;
use crate::engine::scan::column::WaitCounts;
use crate::policy::Reason;
use crate::store::Row;
use crate::store::ledger::{RowsOf, reset};

impl Pass<'_> {
    /// Whether the pass does something to a row. A sweep takes rows that the rules would change,
    /// and no others.
    pub(crate) fn is_candidate(&self, credential: &str, row: &Row, judged: &Judged) -> bool {
        match judged.disposition {
            Disposition::Keep | Disposition::Waits => false,
            Disposition::Quarantine(_) => !self.rows.number.is_sweep(),
            // What this run itself has wrapped is reset by a later one, which counts it first.
            Disposition::Reset(_)
                if self.rows.number.is_sweep() && self.wraps_first(credential, judged) =>
            {
                false
            }
            Disposition::Work(_) | Disposition::Swap(_) | Disposition::Reset(_) => {
                !self.rows.number.is_sweep()
                    || !self
                        .rows
                        .given_up
                        .contains(&(credential.to_owned(), row.key.to_ledger_line()))
            }
        }
    }

    /// Of the rows that a sweep would reset, those that this run has reset already: their users
    /// have chosen a new password since.
    pub(crate) async fn was_reset(
        &self,
        credential: &str,
        judge: &Judge<'_>,
        rows: &VecDeque<Row>,
    ) -> Result<HashSet<String>, EngineError> {
        let resets = |row: &&Row| matches!(judge.judge(row).disposition, Disposition::Reset(_));
        if !self.rows.number.is_sweep() {
            return Ok(HashSet::new());
        }
        let keys: Vec<String> = rows
            .iter()
            .filter(resets)
            .map(|row| row.key.to_ledger_line())
            .collect();
        if keys.is_empty() {
            return Ok(HashSet::new());
        }
        let mut control = self.execution.control.lock().await;
        let found = retry(&mut control, async |conn| {
            let of = RowsOf {
                run: self.execution.run,
                credential,
            };
            reset::among(conn, &self.execution.session.names, of, &keys).await
        });
        Ok(found.await?)
    }

    fn wraps_first(&self, credential: &str, judged: &Judged) -> bool {
        judged
            .decision
            .rule
            .is_some_and(|rule| self.execution.judges[credential].rules().wraps_first(rule))
    }

    /// Whether its rule may reset no more rows.
    pub(crate) fn is_held(&self, judged: &Judged) -> bool {
        match (&judged.disposition, judged.decision.rule) {
            (Disposition::Reset(_), Some(rule)) => self
                .execution
                .limits
                .borrow_mut()
                .reset_limits
                .is_held(rule),
            _ => false,
        }
    }

    /// Takes a row that is reset from what its rule may reset.
    pub(crate) fn let_through(&self, judged: &Judged) {
        if let (Disposition::Reset(_), Some(rule)) = (&judged.disposition, judged.decision.rule) {
            self.execution.limits.borrow_mut().reset_limits.take(rule);
        }
    }

    /// Takes a candidate from what the invocation may take; the reason where it may take no more.
    pub(crate) fn take(&self, credential: &str) -> Option<ReadEnd> {
        let mut limits = self.execution.limits.borrow_mut();
        if let Some(left) = limits
            .canary_left
            .as_mut()
            .and_then(|l| l.get_mut(credential))
        {
            if *left == 0 {
                return Some(ReadEnd::Canary);
            }
            *left -= 1;
        }
        if let Some(left) = limits.rows_left.as_mut() {
            if *left == 0 {
                return Some(ReadEnd::MaxRows);
            }
            *left -= 1;
        }
        limits.throttle.hear(ThrottleNews::Row);
        None
    }

    pub(crate) fn tell(&self, credential: &str, row: &Row, judged: &Judged) {
        if !self.execution.options.print {
            return;
        }
        self.execution.observer.on(
            Some(self.execution.run),
            &row_event(credential, row, judged),
        );
    }

    /// Counts a row that is left as it is: whether it waits, or is kept for want of a proof.
    pub(crate) fn count_left(&self, credential: &str, judged: &Judged) {
        let mut progress = self.execution.progress.borrow_mut();
        if matches!(judged.disposition, Disposition::Waits) {
            progress.waiting += 1;
        }
        if judged.decision.reason == Reason::Uncovered {
            progress.uncovered += 1;
        }
        let Some(rule) = judged.waits_for else {
            return;
        };
        match progress.waits.get_mut(credential) {
            Some(counts) => *counts.entry(rule).or_default() += 1,
            None => {
                let counts = WaitCounts::from([(rule, 1)]);
                progress.waits.insert(credential.to_owned(), counts);
            }
        }
    }
}
