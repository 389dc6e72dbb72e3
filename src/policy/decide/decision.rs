//! The decision for one row.

use crate::policy::{Action, Reason};

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
