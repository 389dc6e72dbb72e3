//! Rows that wait for a login or a deadline: how many, counted when, and what comes then.
//!
//! Both `scan` and `status` show them.

use serde::Serialize;

use crate::config::Settings;
use crate::engine::ColumnScan;
use crate::policy::{Action, Deadlines, Rule};
use crate::report::text::{age, count, safe, stamp};

/// The rows that wait because of one rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WaitLine {
    /// The credential's name.
    pub credential: String,
    /// The rule's name, or its number.
    pub rule: String,
    /// What the rule does; none where the configuration no longer has the rule.
    pub action: Option<&'static str>,
    /// How many rows, including those that are due already; none where they were never counted.
    pub rows: Option<i64>,
    /// When they were counted, in milliseconds since 1970.
    pub counted_ms: Option<i64>,
    /// What happens at the rule's deadline; none where it has no deadline.
    pub then: Option<&'static str>,
    /// How long the deadline is after the start of its clock.
    pub after: Option<String>,
    /// When the deadline's clock started; none where it has not started.
    pub since_ms: Option<i64>,
    /// When the rows fall due.
    pub due_ms: Option<i64>,
}

impl WaitLine {
    /// A rule of the configuration, for one credential, before rows are counted.
    pub fn new(credential: &str, label: String, rule: &Rule, deadlines: &Deadlines) -> Self {
        Self {
            credential: credential.to_owned(),
            rule: label,
            action: Some(rule.action.as_str()),
            rows: None,
            counted_ms: None,
            then: rule.deadline.map(|deadline| deadline.then.as_str()),
            after: rule.deadline.map(|deadline| deadline.after.to_string()),
            since_ms: deadlines.since(credential, rule),
            due_ms: deadlines.due(credential, rule),
        }
    }

    /// A rule that the ledger knows and the configuration no longer has.
    pub fn forgotten(credential: &str, rule: &str) -> Self {
        Self {
            credential: credential.to_owned(),
            rule: rule.to_owned(),
            action: None,
            rows: None,
            counted_ms: None,
            then: None,
            after: None,
            since_ms: None,
            due_ms: None,
        }
    }

    /// The line for people, without the credential.
    pub(in crate::report) fn words(&self, now_ms: i64) -> String {
        format!(
            "rule {}: {}; {}",
            safe(&self.rule),
            self.counted(now_ms),
            self.due(now_ms)
        )
    }

    fn counted(&self, now_ms: i64) -> String {
        let (Some(rows), Some(at)) = (self.rows, self.counted_ms) else {
            return "not counted yet".to_owned();
        };
        let wait = match (self.action, rows) {
            (Some(action), 1) if action == Action::Wrap.as_str() => "row is wrapped and waits",
            (Some(action), _) if action == Action::Wrap.as_str() => "rows are wrapped and wait",
            (_, 1) => "row waits",
            _ => "rows wait",
        };
        let ago = if at < now_ms {
            format!(" ({})", age(now_ms - at))
        } else {
            String::new()
        };
        format!(
            "{} {wait} for a login, counted {}{ago}",
            count(rows),
            stamp(at)
        )
    }

    fn due(&self, now_ms: i64) -> String {
        if self.action.is_none() {
            return "the configuration holds no such rule any more".to_owned();
        }
        let (Some(then), Some(after)) = (self.then, &self.after) else {
            return "no deadline".to_owned();
        };
        match (self.due_ms, self.since_ms) {
            (Some(due), _) if due <= now_ms => {
                format!(
                    "due for {then} since {}, at the next `run --execute`",
                    stamp(due)
                )
            }
            (Some(due), Some(since)) => {
                format!(
                    "due for {then} on {}, counting since {}",
                    stamp(due),
                    stamp(since)
                )
            }
            _ => {
                format!("due for {then} {after} after the first `run --execute`, not started yet")
            }
        }
    }
}

/// The waiting rows of a column that was scanned.
pub(in crate::report) fn waits_of(settings: &Settings, scan: &ColumnScan) -> Vec<WaitLine> {
    scan.waits
        .iter()
        .filter_map(|wait| {
            let rule = settings.rules.get(wait.rule)?;
            let label = settings.rules.label(wait.rule);
            let line = WaitLine::new(&scan.credential, label, rule, &Deadlines::new());
            Some(WaitLine {
                rows: Some(i64::try_from(wait.rows).unwrap_or(i64::MAX)),
                counted_ms: Some(scan.counted_ms),
                since_ms: wait.since_ms,
                due_ms: wait.due_ms,
                ..line
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY_MS: i64 = 86_400_000;

    fn line() -> WaitLine {
        WaitLine {
            action: Some("on-login"),
            rows: Some(1_200),
            counted_ms: Some(0),
            then: Some("reset"),
            after: Some("90d".to_owned()),
            ..WaitLine::forgotten("parents", "stale")
        }
    }

    fn check(line: &WaitLine, now_ms: i64, expected: &str) {
        assert_eq!(line.words(now_ms), expected);
    }

    #[test]
    fn a_clock_that_has_not_started_is_said_to_start_at_the_first_run() {
        check(
            &line(),
            0,
            "rule stale: 1,200 rows wait for a login, counted 1970-01-01T00:00:00.000Z; \
             due for reset 90d after the first `run --execute`, not started yet",
        );
    }

    #[test]
    fn a_clock_that_runs_says_when_what_falls_due() {
        let runs = WaitLine {
            since_ms: Some(0),
            due_ms: Some(90 * DAY_MS),
            ..line()
        };
        check(
            &runs,
            DAY_MS,
            "rule stale: 1,200 rows wait for a login, counted 1970-01-01T00:00:00.000Z (1 d 00 h ago); \
             due for reset on 1970-04-01T00:00:00.000Z, counting since 1970-01-01T00:00:00.000Z",
        );
        let past = runs.words(90 * DAY_MS);
        let expected = "due for reset since 1970-04-01T00:00:00.000Z, at the next `run --execute`";
        assert!(past.ends_with(expected), "{past}");
    }

    #[test]
    fn a_rule_without_a_deadline_and_one_that_is_gone_say_so() {
        let endless = WaitLine {
            action: Some("wrap"),
            rows: Some(1),
            then: None,
            ..line()
        };
        check(
            &endless,
            0,
            "rule stale: 1 row is wrapped and waits for a login, counted 1970-01-01T00:00:00.000Z; no deadline",
        );
        check(
            &WaitLine::forgotten("parents", "stale"),
            0,
            "rule stale: not counted yet; the configuration holds no such rule any more",
        );
    }
}
