//! What was counted of the rows that a chunk left as they are. It is kept with the chunk, and
//! moves with its cursor: so the members' counts can be added up.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::engine::judge::work::{Disposition, Judged};
use crate::policy::Reason;
use crate::store::StoreError;

/// The rows of a chunk that were left as they are, and that somebody asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct ChunkTally {
    /// Rows that wait for a login.
    pub(crate) waiting: i64,
    /// Rows that are kept for want of a proof.
    pub(crate) uncovered: i64,
    /// Rows that wait for the sake of a rule, by the rule's number.
    pub(crate) rules: BTreeMap<usize, u64>,
}

/// A row that a pass left as it is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LeftRow {
    waits: bool,
    is_uncovered: bool,
    rule: Option<usize>,
}

impl LeftRow {
    /// What is to be counted of it; none for most rows.
    pub(crate) fn of(judged: &Judged) -> Option<Self> {
        let left = Self {
            waits: matches!(judged.disposition, Disposition::Waits),
            is_uncovered: judged.decision.reason == Reason::Uncovered,
            rule: judged.waits_for,
        };
        (left.waits || left.is_uncovered || left.rule.is_some()).then_some(left)
    }
}

impl ChunkTally {
    /// What the ledger has.
    ///
    /// # Errors
    /// A text that saltern has not written.
    pub(crate) fn read(text: Option<&str>) -> Result<Self, StoreError> {
        let Some(text) = text else {
            return Ok(Self::default());
        };
        serde_json::from_str(text).map_err(|_| {
            StoreError::ledger("reading a chunk's tally", "it is not what saltern writes")
        })
    }

    /// The text for the ledger.
    pub(crate) fn text(&self) -> String {
        serde_json::to_string(self).expect("numbers can always be written as JSON")
    }

    pub(crate) fn count(&mut self, left: LeftRow) {
        self.waiting += i64::from(left.waits);
        self.uncovered += i64::from(left.is_uncovered);
        if let Some(rule) = left.rule {
            *self.rules.entry(rule).or_default() += 1;
        }
    }

    /// Adds another chunk's.
    pub(crate) fn add(&mut self, other: &Self) {
        self.waiting += other.waiting;
        self.uncovered += other.uncovered;
        for (rule, rows) in &other.rules {
            *self.rules.entry(*rule).or_default() += rows;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tally_survives_the_ledger_and_adds_up() {
        let mut tally = ChunkTally::default();
        tally.count(LeftRow {
            waits: true,
            is_uncovered: false,
            rule: Some(2),
        });
        tally.count(LeftRow {
            waits: false,
            is_uncovered: true,
            rule: None,
        });
        let read = ChunkTally::read(Some(&tally.text())).unwrap();
        assert_eq!(read, tally);
        let mut sum = tally.clone();
        sum.add(&read);
        assert_eq!((sum.waiting, sum.uncovered, sum.rules[&2]), (2, 2, 2));
        assert_eq!(ChunkTally::read(None).unwrap(), ChunkTally::default());
        assert!(ChunkTally::read(Some("x")).is_err());
    }
}
