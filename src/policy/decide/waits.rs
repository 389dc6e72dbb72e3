//! For which rule a row waits.

use super::action::set_aside;
use super::row::by;
use crate::policy::{Action, Deadlines, Facts, Rules};

/// The rule for which a row waits: the one that leaves it to its login, or whose deadline will reach it, or has. Where deadlines of
/// several rules will, it is the first to pass; one whose clock has not started counts as if it started now.
pub fn waits_for(
    rules: &Rules,
    facts: &Facts<'_>,
    now_ms: i64,
    deadlines: &Deadlines,
) -> Option<usize> {
    if set_aside(facts).is_some() {
        return None;
    }
    let mut first: Option<(i64, usize)> = None;
    for (number, rule) in rules.iter() {
        let due = deadlines.due(facts.credential, rule);
        let today = by(rule, facts, now_ms, due.is_some_and(|due| now_ms >= due));
        let will_be_due = rule.deadline.is_some()
            && by(rule, facts, now_ms, true).is_some_and(|decision| decision.due);
        if will_be_due || today.is_some_and(|decision| decision.action == Action::OnLogin) {
            let unstarted = rule
                .deadline
                .map_or(i64::MAX, |d| now_ms.saturating_add(d.after.millis()));
            let at = due.unwrap_or(unstarted);
            if first.is_none_or(|(earliest, _)| at < earliest) {
                first = Some((at, number));
            }
        }
        // No rule behind one that decides is asked.
        if today.is_some() {
            break;
        }
    }
    first.map(|(_, number)| number)
}
