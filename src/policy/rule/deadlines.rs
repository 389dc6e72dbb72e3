//! When the deadlines of the rules fall due.

use std::collections::HashMap;

use super::rules::Rule;

/// The clocks of the deadlines as the ledger keeps them: when each began, by credential and rule.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Deadlines {
    starts_ms: HashMap<String, HashMap<String, i64>>,
}

impl Deadlines {
    /// No clock has started.
    pub fn new() -> Self {
        Self::default()
    }

    /// Starts a clock; one that runs already is not moved.
    pub fn start(&mut self, credential: &str, rule: &str, at_ms: i64) {
        let clocks = self.starts_ms.entry(credential.to_owned()).or_default();
        clocks.entry(rule.to_owned()).or_insert(at_ms);
    }

    /// When a clock started.
    pub fn started(&self, credential: &str, rule: &str) -> Option<i64> {
        self.starts_ms.get(credential)?.get(rule).copied()
    }

    /// From when the deadline of a rule counts: the date set by hand, or else its clock; none where it has not started.
    pub fn since(&self, credential: &str, rule: &Rule) -> Option<i64> {
        rule.deadline?
            .since_ms
            .or_else(|| self.started(credential, rule.name.as_deref()?))
    }

    /// When the rows that still match a rule fall due.
    pub fn due(&self, credential: &str, rule: &Rule) -> Option<i64> {
        let since = self.since(credential, rule)?;
        Some(since.saturating_add(rule.deadline?.after.millis()))
    }
}
