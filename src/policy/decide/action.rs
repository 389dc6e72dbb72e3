//! What comes of an action for one row.

use super::decision::Decision;
use crate::policy::{Action, Facts, Normalize, Reason};
use crate::scheme::{Class, Recognised, Scheme};
use crate::text::answer1;

/// What comes of an action for a row; nothing where it can't be done to it.
pub(super) fn attempt(action: Action, facts: &Facts<'_>) -> Option<Decision> {
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
pub(super) fn by_default(facts: &Facts<'_>) -> Decision {
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

pub(super) fn decision(action: Action, reason: Reason) -> Decision {
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
pub(super) fn set_aside(facts: &Facts<'_>) -> Option<Reason> {
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
