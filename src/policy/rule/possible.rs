//! Which actions can be done to what. It finds rules that are impossible before any row is read.

use crate::policy::Action;
use crate::scheme::{Class, Declared, Scheme};

/// An action that can never be done to its subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{action} can't be done to {subject}: {why}")]
pub struct Impossible {
    /// The action.
    pub action: Action,
    /// What it can't be done to.
    pub subject: ActionSubject,
    /// Why not, and what can be done instead.
    pub why: &'static str,
}

/// What an action can't be done to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActionSubject {
    /// A class.
    Class(Class),
    /// A scheme.
    Scheme(Scheme),
    /// A column whose credential declares no scheme.
    Auto,
    /// Values that are wrapped.
    Wrapped,
}

const NOTHING: &str = "there is nothing in it";
const MARKER: &str = "it would make a usable password of a marker";
const NO_LOGIN: &str = "nobody can log in with it";
const NOT_KNOWN: &str = "what a value is must be known first";
const PLAINTEXT: &str = "wrap is for hashes; rehash hashes a password in the clear";
const HASH: &str = "rehash is for passwords in the clear; wrap is for hashes";
const WEAK: &str =
    "rehash is for passwords in the clear; name the reversible scheme instead, and wrap hashes";
const NO_WRAP: &str = "there is no wrap for its values; a login makes them strong";
const STRONG: &str = "it is as strong as the target";
const NEVER_INFERRED: &str =
    "plaintext is never inferred; the credential must say scheme = \"plaintext\"";
const ONE_WRAP: &str = "a value is wrapped once, ever";

/// Whether an action can be done to some value of a class.
pub fn possible_for_class(action: Action, class: Class) -> Result<(), Impossible> {
    let why = match (action, class) {
        (Action::Keep | Action::Quarantine, _) => None,
        (_, Class::Null | Class::Empty) => Some(NOTHING),
        (Action::Wrap | Action::Rehash, Class::Locked) => Some(MARKER),
        (Action::OnLogin | Action::Reset, Class::Locked) => Some(NO_LOGIN),
        (Action::OnLogin | Action::Reset, _) => None,
        (Action::Wrap | Action::Rehash, Class::Unknown) => Some(NOT_KNOWN),
        (Action::Wrap, Class::Plaintext) => Some(PLAINTEXT),
        (Action::Wrap, Class::Weak | Class::Slow) => None,
        (Action::Wrap, Class::Strong) => Some(STRONG),
        (Action::Rehash, Class::Plaintext) => None,
        // Most of what is weak is a digest.
        (Action::Rehash, Class::Weak) => Some(WEAK),
        (Action::Rehash, Class::Slow | Class::Strong) => Some(HASH),
    };
    refuse(action, ActionSubject::Class(class), why)
}

/// Whether an action can be done to some value of a scheme.
pub fn possible_for_scheme(action: Action, scheme: Scheme) -> Result<(), Impossible> {
    let why = match (action, scheme.class()) {
        (Action::Wrap, Class::Plaintext) => Some(PLAINTEXT),
        (Action::Wrap, _) if scheme.is_reversible() => Some(PLAINTEXT),
        (Action::Rehash, _) if scheme.is_reversible() => None,
        (Action::Wrap, _) if scheme.inner_id().is_none() => Some(NO_WRAP),
        (Action::Rehash, Class::Plaintext) => None,
        (Action::Rehash, _) => Some(HASH),
        _ => None,
    };
    refuse(action, ActionSubject::Scheme(scheme), why)
}

/// Whether an action can be done to some value of a credential that declares this.
///
/// Strings with a prefix of their own stand in any column. So only an action that needs values of
/// the declared scheme is refused.
pub fn possible_for_declared(action: Action, declared: Declared) -> Result<(), Impossible> {
    match (action, declared) {
        (Action::Rehash, Declared::Auto) => {
            refuse(action, ActionSubject::Auto, Some(NEVER_INFERRED))
        }
        (_, Declared::Auto) => Ok(()),
        (Action::Wrap | Action::Rehash, Declared::Scheme(scheme)) => {
            possible_for_scheme(action, scheme)
        }
        (_, Declared::Scheme(_)) => Ok(()),
    }
}

/// Whether an action can be done to wrapped values.
pub fn possible_for_wrapped(action: Action) -> Result<(), Impossible> {
    refuse(
        action,
        ActionSubject::Wrapped,
        action.hashes().then_some(ONE_WRAP),
    )
}

fn refuse(
    action: Action,
    subject: ActionSubject,
    why: Option<&'static str>,
) -> Result<(), Impossible> {
    why.map_or(Ok(()), |why| {
        Err(Impossible {
            action,
            subject,
            why,
        })
    })
}

impl std::fmt::Display for ActionSubject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Class(class) => write!(f, "the class {class}"),
            Self::Scheme(scheme) => write!(f, "the scheme {scheme}"),
            Self::Auto => f.write_str("a credential with scheme = \"auto\""),
            Self::Wrapped => f.write_str("wrapped values"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(action: Action, possible: [Class; 8], impossible: &[Class]) {
        for class in Class::ALL {
            let expected = possible.contains(&class) && !impossible.contains(&class);
            assert_eq!(
                possible_for_class(action, class).is_ok(),
                expected,
                "{action} {class}"
            );
        }
    }

    #[test]
    fn keep_and_quarantine_are_for_everything() {
        check(Action::Keep, Class::ALL, &[]);
        check(Action::Quarantine, Class::ALL, &[]);
    }

    #[test]
    fn wrap_is_for_weak_and_slow_hashes() {
        let others: Vec<Class> = Class::ALL
            .into_iter()
            .filter(|class| !matches!(class, Class::Weak | Class::Slow))
            .collect();
        check(Action::Wrap, Class::ALL, &others);
    }

    #[test]
    fn rehash_is_for_plaintext() {
        let all_but: Vec<Class> = Class::ALL
            .into_iter()
            .filter(|class| *class != Class::Plaintext)
            .collect();
        check(Action::Rehash, Class::ALL, &all_but);
    }

    #[test]
    fn on_login_and_reset_are_for_anything_that_is_not_null_empty_or_locked() {
        let none = [Class::Null, Class::Empty, Class::Locked];
        check(Action::OnLogin, Class::ALL, &none);
        check(Action::Reset, Class::ALL, &none);
    }

    #[test]
    fn wrap_is_for_every_scheme_with_an_inner_id() {
        for scheme in Scheme::all() {
            assert_eq!(
                possible_for_scheme(Action::Wrap, scheme).is_ok(),
                scheme.inner_id().is_some(),
                "{scheme}"
            );
        }
    }

    #[test]
    fn rehash_is_for_plaintext_and_what_is_reversible() {
        for scheme in Scheme::all() {
            assert_eq!(
                possible_for_scheme(Action::Rehash, scheme).is_ok(),
                scheme == Scheme::PLAINTEXT || scheme.is_reversible(),
                "{scheme}"
            );
        }
    }

    #[test]
    fn rehash_under_auto_is_refused_because_plaintext_is_never_inferred() {
        let error = possible_for_declared(Action::Rehash, Declared::Auto).unwrap_err();
        assert_eq!(
            error.to_string(),
            "rehash can't be done to a credential with scheme = \"auto\": plaintext is never inferred; the credential must say scheme = \"plaintext\""
        );
    }

    #[test]
    fn wrap_under_auto_is_possible() {
        assert_eq!(possible_for_declared(Action::Wrap, Declared::Auto), Ok(()));
    }

    #[test]
    fn a_refusal_says_what_and_why() {
        assert_eq!(
            possible_for_class(Action::Wrap, Class::Plaintext)
                .unwrap_err()
                .to_string(),
            "wrap can't be done to the class plaintext: wrap is for hashes; rehash hashes a password in the clear"
        );
        assert_eq!(
            possible_for_scheme(Action::Rehash, Scheme::MD5)
                .unwrap_err()
                .to_string(),
            "rehash can't be done to the scheme md5: rehash is for passwords in the clear; wrap is for hashes"
        );
        assert_eq!(
            possible_for_wrapped(Action::Wrap).unwrap_err().to_string(),
            "wrap can't be done to wrapped values: a value is wrapped once, ever"
        );
    }
}
