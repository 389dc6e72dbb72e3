//! When the deadlines of the rules fall due. The ledger keeps the clocks; here they are looked up.

use std::collections::HashMap;

use super::rules::Rule;

/// The clocks of the deadlines: when each started, by credential and rule, in milliseconds of UTC.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Deadlines {
    starts_ms: HashMap<String, HashMap<String, i64>>,
}

impl Deadlines {
    /// No clock has started.
    pub fn new() -> Self {
        Self::default()
    }

    /// Starts a clock. A clock that runs already is not moved.
    pub fn start(&mut self, credential: &str, rule: &str, at_ms: i64) {
        let clocks = self.starts_ms.entry(credential.to_owned()).or_default();
        clocks.entry(rule.to_owned()).or_insert(at_ms);
    }

    /// When a clock started, in milliseconds of UTC.
    pub fn started(&self, credential: &str, rule: &str) -> Option<i64> {
        self.starts_ms.get(credential)?.get(rule).copied()
    }

    /// The start of a rule's deadline in milliseconds of UTC: the date set by hand, or else its
    /// clock. None where the clock has not started.
    pub fn since(&self, credential: &str, rule: &Rule) -> Option<i64> {
        rule.deadline?
            .since_ms
            .or_else(|| self.started(credential, rule.name.as_deref()?))
    }

    /// When the rows that still match a rule fall due, in milliseconds of UTC.
    pub fn due(&self, credential: &str, rule: &Rule) -> Option<i64> {
        let since = self.since(credential, rule)?;
        Some(since.saturating_add(rule.deadline?.after.millis()))
    }
}
