//! What the application knows of its members: which password opens each row by what was committed.

use std::collections::BTreeMap;

use crate::check::{Formula, opens};

pub(crate) const LOST: &str = "what was committed last is not there";

/// What a row holds, as the application would say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Held {
    /// This password. `is_strong` where the application has hashed it slowly itself.
    Password { password: String, is_strong: bool },
    /// This very value: NULL, a marker, what is no hash.
    Value(Option<String>),
    /// There is no row.
    Nobody,
}

/// One member.
#[derive(Clone, Debug)]
pub(crate) struct Member {
    /// What the row may hold. More than one where a COMMIT got no answer: then it is one of them.
    pub(crate) maybe: Vec<Held>,
    /// Passwords of before, the last one last.
    pub(crate) before: Vec<String>,
}

impl Member {
    pub(crate) fn new(held: Held) -> Self {
        Self {
            maybe: vec![held],
            before: Vec::new(),
        }
    }

    /// A write that was committed, or one of which nobody knows.
    pub(crate) fn write(&mut self, held: Held, is_sure: bool) {
        if is_sure {
            let gone = std::mem::take(&mut self.maybe);
            self.before
                .extend(gone.into_iter().filter_map(|held| match held {
                    Held::Password { password, .. } => Some(password),
                    Held::Value(_) | Held::Nobody => None,
                }));
        }
        self.maybe.push(held);
    }
}

/// All members by their key.
#[derive(Clone, Debug, Default)]
pub(crate) struct Members {
    pub(crate) all: BTreeMap<u64, Member>,
}

/// A row of the table: its value and its salt.
pub(crate) type Row = (Option<String>, Option<String>);

/// How rows are judged in a round.
#[derive(Clone, Copy)]
pub(crate) struct Judge {
    pub(crate) formula: Formula,
    /// Whether passwords that were stored weakly may have been reset.
    pub(crate) may_be_reset: bool,
}

impl Judge {
    /// What is wrong with a row, if anything.
    pub(crate) fn anomaly(self, member: &Member, row: Option<&Row>) -> Option<String> {
        let cells = row.map(|(value, salt)| (value.as_deref(), salt.as_deref()));
        let fits = |held: &Held| match (held, cells) {
            (Held::Nobody, cells) => cells.is_none(),
            (_, None) => false,
            (Held::Value(value), Some((stored, _))) => value.as_deref() == stored,
            (
                Held::Password {
                    password,
                    is_strong,
                },
                Some(cells),
            ) => {
                opens(self.formula, cells, password)
                    || self.may_be_reset
                        && !is_strong
                        && cells
                            .0
                            .is_some_and(|value| value.starts_with("!saltern:reset:"))
            }
        };
        if !member.maybe.iter().any(fits) {
            return Some(format!(
                "what was committed last is not there: {member:?}, found {row:?}"
            ));
        }
        let old = member.before.last().map(String::as_str);
        for password in old.into_iter().chain(["nobody's password"]) {
            let is_current = member
                .maybe
                .iter()
                .any(|held| matches!(held, Held::Password { password: p, .. } if p == password));
            if !is_current && cells.is_some_and(|cells| opens(self.formula, cells, password)) {
                return Some(format!("{password:?} opens: {member:?}, found {row:?}"));
            }
        }
        None
    }
}
