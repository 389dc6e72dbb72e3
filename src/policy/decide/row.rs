//! All rules in their order, for one row.

use super::action::{act, by_default, decision, quarantine_reason};
use super::decision::Decision;
use crate::policy::{Action, Deadlines, Facts, Reason, ResetMode, Rule, Rules};

/// Whether the deadline of a rule has passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DeadlineState {
    /// It runs, its clock has not started, or there is none.
    Running,
    /// The rows that still match are due.
    Passed,
}

impl DeadlineState {
    /// Whether a moment in milliseconds of UTC has passed; `due_ms` is `None` if nothing falls due.
    pub(super) fn at(due_ms: Option<i64>, now_ms: i64) -> Self {
        match due_ms {
            Some(due_ms) if now_ms >= due_ms => Self::Passed,
            _ => Self::Running,
        }
    }
}

/// Decides for one row.
pub fn decide(rules: &Rules, facts: &Facts<'_>, now_ms: i64, deadlines: &Deadlines) -> Decision {
    if let Some(reason) = quarantine_reason(facts) {
        return decide_unusual(rules, facts, now_ms, reason);
    }
    rules
        .iter()
        .find_map(|(number, rule)| {
            let due_ms = deadlines.due(facts.credential, rule);
            let deadline = DeadlineState::at(due_ms, now_ms);
            decide_by(rule, facts, now_ms, deadline).map(|tried| Decision {
                rule: Some(number),
                ..tried
            })
        })
        .unwrap_or_else(|| by_default(facts))
}

/// What a rule decides; `None` if it does not match or is passed over.
pub(super) fn decide_by(
    rule: &Rule,
    facts: &Facts<'_>,
    now_ms: i64,
    deadline: DeadlineState,
) -> Option<Decision> {
    let still_wrapped = rule.action == Action::Wrap
        && rule.deadline.is_some()
        && rule.when.matched_before_wrap(facts, now_ms);
    if !still_wrapped && !rule.when.matches(facts, now_ms) {
        return None;
    }
    // The deadline of a rule that wraps is for what is still wrapped. The deadline of a rule that
    // leaves rows to their logins is for all of them.
    if (still_wrapped || rule.action == Action::OnLogin)
        && deadline == DeadlineState::Passed
        && let Some(deadline) = rule.deadline
    {
        if !still_wrapped {
            // A reset must not reach a user who has logged in since. A row that the rule has
            // nothing more to do with is not due.
            act(rule.action, facts)?;
        }
        let tried = act(deadline.then.action(), facts)?;
        let reason = if tried.reason == Reason::Rule {
            Reason::Deadline
        } else {
            tried.reason
        };
        let due = Decision {
            due: true,
            reason,
            ..tried
        };
        return Some(reset_once(rule, facts, due));
    }
    act(rule.action, facts).map(|tried| reset_once(rule, facts, tried))
}

/// Decides for a row that is quarantined for `reason` unless its first matching rule keeps or
/// resets it.
fn decide_unusual(rules: &Rules, facts: &Facts<'_>, now_ms: i64, reason: Reason) -> Decision {
    let first = rules
        .iter()
        .find(|(_, rule)| rule.when.matches(facts, now_ms));
    match first {
        Some((number, rule))
            if rule.action == Action::Keep
                || rule.action == Action::Reset && reason != Reason::TooLong =>
        {
            Decision {
                rule: Some(number),
                ..reset_once(rule, facts, decision(rule.action, Reason::Rule))
            }
        }
        // A row that the reset can't reach is listed as that rule's.
        Some((number, rule)) if rule.action == Action::Reset => Decision {
            rule: Some(number),
            ..decision(Action::Quarantine, reason)
        },
        _ => decision(Action::Quarantine, reason),
    }
}

/// A soft reset leaves the value as it was. So a row whose user must change the password already
/// is not reset again.
fn reset_once(rule: &Rule, facts: &Facts<'_>, decided: Decision) -> Decision {
    let is_soft_reset = decided.action == Action::Reset && rule.reset_mode() == ResetMode::Soft;
    if is_soft_reset && facts.must_change {
        return Decision {
            action: Action::Keep,
            reason: Reason::MustChange,
            ..decided
        };
    }
    decided
}
