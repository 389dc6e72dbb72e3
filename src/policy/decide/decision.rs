//! What a decision is.

use crate::policy::{Action, Reason};

/// What is done with a row, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Decision {
    /// What is done.
    pub action: Action,
    /// The number of the rule that decided, from 0; none for a default.
    pub rule: Option<usize>,
    /// Whether the rule's deadline has passed, so that `action` is what the deadline ends in.
    pub due: bool,
    /// Why.
    pub reason: Reason,
}

impl Decision {
    /// The decision for a row for which the credential's `except` is true: nothing is written,
    /// whatever a rule says.
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
