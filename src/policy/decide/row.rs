//! The decision for one row: the first rule that matches and can be done, or else the default.
//!
//! A rule is passed over for a row that its action can't be done to (a marker can't be wrapped, whatever a rule without a
//! `when` says): the rules after it and the default then decide. The one exception is a weak digest whose scheme is
//! neither declared nor proven: a rule that would wrap it keeps it and says so, so that the run can refuse.

use super::action::{attempt, by_default, decision, set_aside};
use super::decision::Decision;
use crate::policy::{Action, Deadlines, Facts, How, Reason, Rule, Rules};

/// Decides for one row.
pub fn decide(rules: &Rules, facts: &Facts<'_>, now_ms: i64, deadlines: &Deadlines) -> Decision {
    if let Some(reason) = set_aside(facts) {
        let first = rules
            .iter()
            .find(|(_, rule)| rule.when.matches(facts, now_ms));
        return match first {
            Some((number, rule))
                if rule.action == Action::Keep
                    || rule.action == Action::Reset && reason != Reason::TooLong =>
            {
                Decision {
                    rule: Some(number),
                    ..once(rule, facts, decision(rule.action, Reason::Rule))
                }
            }
            // What a reset can't reach is listed as that rule's.
            Some((number, rule)) if rule.action == Action::Reset => Decision {
                rule: Some(number),
                ..decision(Action::Quarantine, reason)
            },
            _ => decision(Action::Quarantine, reason),
        };
    }
    rules
        .iter()
        .find_map(|(number, rule)| {
            let due = deadlines.due(facts.credential, rule);
            by(rule, facts, now_ms, due.is_some_and(|due| now_ms >= due)).map(|tried| Decision {
                rule: Some(number),
                ..tried
            })
        })
        .unwrap_or_else(|| by_default(facts))
}

/// What a rule decides, its deadline passed or not; nothing where it does not match or is passed over.
pub(super) fn by(rule: &Rule, facts: &Facts<'_>, now_ms: i64, is_due: bool) -> Option<Decision> {
    let still_wrapped = rule.action == Action::Wrap
        && rule.deadline.is_some()
        && rule.when.matched_before_wrap(facts, now_ms);
    if !still_wrapped && !rule.when.matches(facts, now_ms) {
        return None;
    }
    // A rule that wraps has its deadline for what is still wrapped; one that leaves rows to their logins, for all of them.
    if (still_wrapped || rule.action == Action::OnLogin)
        && is_due
        && let Some(deadline) = rule.deadline
    {
        if !still_wrapped {
            // A reset must not reach who has logged in since: what the rule has nothing to do with any more is not due.
            attempt(rule.action, facts)?;
        }
        let tried = attempt(deadline.then.action(), facts)?;
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
        return Some(once(rule, facts, due));
    }
    attempt(rule.action, facts).map(|tried| once(rule, facts, tried))
}

/// A soft reset leaves the value as it was: whoever must change the password already is not reset again.
fn once(rule: &Rule, facts: &Facts<'_>, decided: Decision) -> Decision {
    if decided.action == Action::Reset && rule.how() == How::Soft && facts.must_change {
        return Decision {
            action: Action::Keep,
            reason: Reason::MustChange,
            ..decided
        };
    }
    decided
}
