//! The decision for one row: the first rule that matches and can be done, or else the default.
//!
//! A rule is passed over for a row that its action can't be done to (a marker can't be wrapped, whatever a rule without a
//! `when` says): the rules after it and the default then decide. The one exception is a weak digest whose scheme is
//! neither declared nor proven: a rule that would wrap it keeps it and says so, so that the run can refuse.

use std::collections::HashMap;

use super::rule::{Action, How, Normalize, Rule, Rules};
use super::{Reason, Target};
use crate::scheme::{Class, Recognised, Scheme};
use crate::text::answer1;

/// What is known of one row.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// The credential's name.
    pub credential: &'a str,
    /// How the credential's values are normalised.
    pub normalize: Option<Normalize>,
    /// What the value is.
    pub recognised: &'a Recognised<'a>,
    /// Its class, given the target.
    pub class: Class,
    /// Its scheme: the one that its own mark names, the declared one, or the one that was proven for its shape.
    pub scheme: Option<Scheme>,
    /// When its user last logged in.
    pub last_login: LastLogin,
    /// Whether a list has its password; none where nobody looked.
    pub known: Option<bool>,
    /// Whether the application's column says that the password must be changed at the next login.
    pub must_change: bool,
}

impl<'a> Facts<'a> {
    /// The facts of a value; `proven` is the scheme that a census proved for its shape in this column.
    pub fn new(
        credential: &'a str,
        recognised: &'a Recognised<'a>,
        target: &Target,
        proven: Option<Scheme>,
    ) -> Self {
        let proven = proven.filter(|_| matches!(recognised, Recognised::Digest { .. }));
        Self {
            credential,
            normalize: None,
            recognised,
            class: recognised.class(&target.strength()),
            scheme: recognised.scheme().or(proven),
            last_login: LastLogin::Unknown,
            known: None,
            must_change: false,
        }
    }
}

/// When a user last logged in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LastLogin {
    /// The column is NULL.
    Never,
    /// There is no such column, or its value can't be read.
    Unknown,
    /// Then, in milliseconds of UTC.
    At(i64),
}

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

/// What is done with a row, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Decision {
    /// What is done.
    pub action: Action,
    /// The number of the rule that decided; none for a default.
    pub rule: Option<usize>,
    /// Whether a deadline of the rule has passed, and the action is what it ends in.
    pub due: bool,
    /// Why.
    pub reason: Reason,
}

impl Decision {
    /// What is decided for a row for which the credential's `except` holds: nothing is written, whatever a rule says.
    pub const EXCEPTED: Self = Self {
        action: Action::Keep,
        rule: None,
        due: false,
        reason: Reason::Excepted,
    };

    /// Whether the row is changed or listed.
    pub fn is_candidate(&self) -> bool {
        self.action.writes() || self.action == Action::Quarantine
    }
}

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

/// What a rule decides, its deadline passed or not; nothing where it does not match or is passed over.
fn by(rule: &Rule, facts: &Facts<'_>, now_ms: i64, is_due: bool) -> Option<Decision> {
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

/// What comes of an action for a row; nothing where it can't be done to it.
fn attempt(action: Action, facts: &Facts<'_>) -> Option<Decision> {
    let can = match action {
        Action::Keep | Action::Quarantine => true,
        Action::Wrap => match wrap(facts) {
            Wrap::Yes | Wrap::IfAsked => true,
            Wrap::Unproven => return Some(decision(Action::Keep, Reason::Unproven)),
            Wrap::NoWrapYet | Wrap::No => false,
        },
        Action::Rehash => {
            if is_empty_answer(facts) {
                return Some(decision(Action::Keep, Reason::EmptyAnswer));
            }
            matches!(facts.recognised, Recognised::Plaintext(_)) || is_reversible(facts)
        }
        Action::OnLogin => has_password(facts) && !is_finished(facts),
        Action::Reset => has_password(facts),
    };
    can.then_some(decision(action, Reason::Rule))
}

/// What is done with a row that no rule decided.
fn by_default(facts: &Facts<'_>) -> Decision {
    let keep = |reason| decision(Action::Keep, reason);
    match (wrap(facts), facts.recognised) {
        (Wrap::Yes, _) => decision(Action::Wrap, Reason::Weak),
        (Wrap::Unproven, _) => keep(Reason::Unproven),
        (Wrap::NoWrapYet, _) => keep(Reason::NoWrapYet),
        (Wrap::No | Wrap::IfAsked, recognised) => match recognised {
            Recognised::Null => keep(Reason::Null),
            Recognised::Empty => keep(Reason::Empty),
            Recognised::Marker(_) | Recognised::Dead => keep(Reason::Locked),
            Recognised::Wrapped { .. } => keep(Reason::Wrapped),
            Recognised::Plaintext(_) if is_empty_answer(facts) => keep(Reason::EmptyAnswer),
            Recognised::Plaintext(_) => decision(Action::Rehash, Reason::Plaintext),
            _ if is_reversible(facts) => decision(Action::Rehash, Reason::Reversible),
            _ if facts.class == Class::Strong => keep(Reason::Strong),
            _ if facts.class == Class::Slow => keep(Reason::Slow),
            _ if facts.class == Class::Weak => keep(Reason::Guessed),
            _ => keep(Reason::Unknown),
        },
    }
}

fn decision(action: Action, reason: Reason) -> Decision {
    Decision {
        action,
        rule: None,
        due: false,
        reason,
    }
}

/// Whether a row can be wrapped.
enum Wrap {
    /// Its scheme is known, and there is a way to wrap it.
    Yes,
    /// The same, but a rule has to ask for it: it is a password hash of its own, or its scheme is a guess.
    IfAsked,
    /// It is a digest and nobody knows of which scheme.
    Unproven,
    /// It is weak, and there is no way to wrap its scheme yet.
    NoWrapYet,
    /// It is nothing that is ever wrapped.
    No,
}

fn wrap(facts: &Facts<'_>) -> Wrap {
    match facts.recognised {
        Recognised::Digest { .. } if facts.scheme.is_none() => Wrap::Unproven,
        // It would be the password in another spelling.
        Recognised::Native { .. } if is_reversible(facts) => Wrap::No,
        Recognised::Native { scheme, .. } if scheme.is_guess() => Wrap::IfAsked,
        Recognised::Digest { .. } | Recognised::Native { .. } if facts.class == Class::Weak => {
            match facts.scheme.and_then(Scheme::inner_id) {
                Some(_) => Wrap::Yes,
                None => Wrap::NoWrapYet,
            }
        }
        Recognised::Native { .. } if facts.class == Class::Slow => {
            match facts.scheme.and_then(Scheme::inner_id) {
                Some(_) => Wrap::IfAsked,
                None => Wrap::No,
            }
        }
        _ => Wrap::No,
    }
}

/// Why the value must be set aside whatever is done with others, unless a rule keeps it.
fn set_aside(facts: &Facts<'_>) -> Option<Reason> {
    match facts.recognised {
        Recognised::LooksHashed => Some(Reason::LooksHashed),
        Recognised::Undecodable => Some(Reason::Undecodable),
        Recognised::TooLong => Some(Reason::TooLong),
        Recognised::Plaintext(value)
            if facts.normalize.is_some() && std::str::from_utf8(value).is_err() =>
        {
            Some(Reason::Undecodable)
        }
        _ => None,
    }
}

/// Whether the value gives its password away, and says so or was declared to.
fn is_reversible(facts: &Facts<'_>) -> bool {
    matches!(facts.recognised, Recognised::Native { scheme, .. } if scheme.is_reversible())
}

/// Whether nothing is left of an answer after normalising.
fn is_empty_answer(facts: &Facts<'_>) -> bool {
    let (Some(Normalize::Answer1), Recognised::Plaintext(value)) =
        (facts.normalize, facts.recognised)
    else {
        return false;
    };
    // A letter or a digit stays what it is or becomes another one: nearly every answer ends here.
    if value.iter().any(u8::is_ascii_alphanumeric) {
        return false;
    }
    std::str::from_utf8(value).is_ok_and(|text| answer1(text).is_empty())
}

/// Whether somebody may know a password for the row.
fn has_password(facts: &Facts<'_>) -> bool {
    !matches!(facts.class, Class::Null | Class::Empty | Class::Locked)
}

/// Whether a login would change nothing any more.
fn is_finished(facts: &Facts<'_>) -> bool {
    facts.class == Class::Strong && matches!(facts.recognised, Recognised::Native { .. })
}

#[cfg(test)]
mod tests;
