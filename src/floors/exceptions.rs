//! What may break a rule, and why. At most three for each rule.

use super::rule::Rule;

/// One place that may break a rule.
#[derive(Debug)]
pub(super) struct Exception {
    pub(super) rule: Rule,
    /// The fault's key: `folder/file.rs: function`, a type's name, or a file.
    pub(super) key: &'static str,
    pub(super) reason: &'static str,
}

pub(super) const EXCEPTIONS: &[Exception] = &[];
