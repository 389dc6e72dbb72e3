//! What an action comes to for one row, and what is done where no rule decides.

use super::decision::Decision;
use crate::policy::{Action, Facts, Normalize, Reason};
use crate::scheme::{Class, Recognised, Scheme};
use crate::text::answer1;

/// The decision that an action comes to for a row; `None` if it can't be done to the row.
pub(super) fn act(action: Action, facts: &Facts<'_>) -> Option<Decision> {
    let can = match action {
        Action::Keep | Action::Quarantine => true,
        Action::Wrap => match wrappable(facts) {
            Wrappable::Yes | Wrappable::IfAsked => true,
            Wrappable::Unproven => return Some(decision(Action::Keep, Reason::Unproven)),
            Wrappable::NoWrapYet | Wrappable::No => false,
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

/// The decision for a row that no rule decided.
pub(super) fn by_default(facts: &Facts<'_>) -> Decision {
    let keep = |reason| decision(Action::Keep, reason);
    match (wrappable(facts), facts.recognised) {
        (Wrappable::Yes, _) => decision(Action::Wrap, Reason::Weak),
        (Wrappable::Unproven, _) => keep(Reason::Unproven),
        (Wrappable::NoWrapYet, _) => keep(Reason::NoWrapYet),
        (Wrappable::No | Wrappable::IfAsked, recognised) => match recognised {
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

pub(super) fn decision(action: Action, reason: Reason) -> Decision {
    Decision {
        action,
        rule: None,
        due: false,
        reason,
    }
}

/// Whether a row can be wrapped.
enum Wrappable {
    /// Its scheme is known and has a wrap.
    Yes,
    /// The same, but only where a rule asks for it: it is a slow hash, or its scheme is a guess.
    IfAsked,
    /// It is a digest of an unknown scheme.
    Unproven,
    /// It is weak, and this version has no wrap for its scheme.
    NoWrapYet,
    /// Such a value is never wrapped.
    No,
}

fn wrappable(facts: &Facts<'_>) -> Wrappable {
    match facts.recognised {
        Recognised::Digest { .. } if facts.scheme.is_none() => Wrappable::Unproven,
        // The value is the password in another spelling, so it is rehashed.
        Recognised::Native { .. } if is_reversible(facts) => Wrappable::No,
        Recognised::Native { scheme, .. } if scheme.is_guess() => Wrappable::IfAsked,
        Recognised::Digest { .. } | Recognised::Native { .. } if facts.class == Class::Weak => {
            match facts.scheme.and_then(Scheme::inner_id) {
                Some(_) => Wrappable::Yes,
                None => Wrappable::NoWrapYet,
            }
        }
        Recognised::Native { .. } if facts.class == Class::Slow => {
            match facts.scheme.and_then(Scheme::inner_id) {
                Some(_) => Wrappable::IfAsked,
                None => Wrappable::No,
            }
        }
        _ => Wrappable::No,
    }
}

/// Why the value is quarantined unless a rule keeps or resets it; none for a usual value.
pub(super) fn quarantine_reason(facts: &Facts<'_>) -> Option<Reason> {
    match facts.recognised {
        _ if facts.contradicts => Some(Reason::Contradiction),
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

/// Whether the password can be read back from the value.
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
    // Normalising makes a letter or digit of a letter or digit. Nearly every answer ends here.
    if value.iter().any(u8::is_ascii_alphanumeric) {
        return false;
    }
    std::str::from_utf8(value).is_ok_and(|text| answer1(text).is_empty())
}

/// Whether a password may open the row.
fn has_password(facts: &Facts<'_>) -> bool {
    !matches!(facts.class, Class::Null | Class::Empty | Class::Locked)
}

/// Whether a login would change nothing.
fn is_finished(facts: &Facts<'_>) -> bool {
    facts.class == Class::Strong && matches!(facts.recognised, Recognised::Native { .. })
}
