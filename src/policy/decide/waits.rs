//! The rule for which a row waits.

use super::action::quarantine_reason;
use super::row::{DeadlineState, decide_by};
use crate::policy::{Action, Deadlines, Facts, Rules};

/// The number of the rule for which a row waits; `None` if it waits for nothing.
///
/// It is the rule that leaves the row to its login, or the rule whose deadline will reach the row
/// or has reached it. Where several deadlines will reach it, it is the rule whose deadline passes
/// first. A clock that has not started counts as if it started now.
pub fn waits_for(
    rules: &Rules,
    facts: &Facts<'_>,
    now_ms: i64,
    deadlines: &Deadlines,
) -> Option<usize> {
    if quarantine_reason(facts).is_some() {
        return None;
    }
    let mut first: Option<(i64, usize)> = None;
    for (number, rule) in rules.iter() {
        let due_ms = deadlines.due(facts.credential, rule);
        let today = decide_by(rule, facts, now_ms, DeadlineState::at(due_ms, now_ms));
        let will_be_due = rule.deadline.is_some()
            && decide_by(rule, facts, now_ms, DeadlineState::Passed)
                .is_some_and(|decision| decision.due);
        if will_be_due || today.is_some_and(|decision| decision.action == Action::OnLogin) {
            let if_started_now = rule
                .deadline
                .map_or(i64::MAX, |d| now_ms.saturating_add(d.after.millis()));
            let at = due_ms.unwrap_or(if_started_now);
            if first.is_none_or(|(earliest, _)| at < earliest) {
                first = Some((at, number));
            }
        }
        // The rules after one that decides are not asked.
        if today.is_some() {
            break;
        }
    }
    first.map(|(_, number)| number)
}
