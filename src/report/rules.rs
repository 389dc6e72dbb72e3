//! A decision in words.

use super::text::safe;
use crate::policy::{Decision, Reason, Rules};

/// The action, and why where it is not plain.
pub(super) fn action_words(rules: &Rules, decision: &Decision) -> String {
    format!("{}: {}", decision.action, why(rules, decision))
}

/// Why: the rule by its name, or the reason of the default.
pub(super) fn why(rules: &Rules, decision: &Decision) -> String {
    let named = rule_name(rules, decision).map(|name| format!("rule {}", safe(&name)));
    match (decision.reason, named) {
        (Reason::Rule, Some(named)) => named,
        (reason, Some(named)) => format!("{named}: {}", reason.explain()),
        (reason, None) => reason.explain().to_owned(),
    }
}

/// The name of the rule that decided, or its number from 1 where it has none.
pub(super) fn rule_name(rules: &Rules, decision: &Decision) -> Option<String> {
    let number = decision.rule?;
    let name = rules.get(number).and_then(|rule| rule.name.clone());
    Some(name.unwrap_or_else(|| format!("{}", number + 1)))
}
