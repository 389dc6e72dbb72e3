//! A decision in words.

use crate::engine::{ColumnScan, Group};
use crate::policy::{Decision, Reason, Rules};
use crate::report::text::safe;
use crate::scheme::{InnerId, Recognised};

/// The action, and why.
pub(in crate::report) fn action_words(rules: &Rules, scan: &ColumnScan, group: &Group) -> String {
    format!("{}: {}", group.decision.action, why(rules, scan, group))
}

/// Why: the rule by its name, or the reason of the default action.
pub(in crate::report) fn why(rules: &Rules, scan: &ColumnScan, group: &Group) -> String {
    let decision = &group.decision;
    let named = rule_name(rules, decision).map(|name| format!("rule {}", safe(&name)));
    match (decision.reason, named) {
        (Reason::Rule, Some(named)) => named,
        (Reason::Wrapped, None) if is_answer(scan, group) => {
            "an answer, which keeps its label for ever".to_owned()
        }
        (reason, Some(named)) => format!("{named}: {}", reason.explain()),
        (reason, None) => reason.explain().to_owned(),
    }
}

/// Whether the rows are normalised answers. They keep their label even after a login.
fn is_answer(scan: &ColumnScan, group: &Group) -> bool {
    matches!(
        scan.line(group).specimen,
        Recognised::Wrapped { inner, .. } if inner.short().unwrap_or(inner) == InnerId::ANSWER1
    )
}

/// The name of the rule that decided, or its number from 1 if it has no name.
pub(in crate::report) fn rule_name(rules: &Rules, decision: &Decision) -> Option<String> {
    let number = decision.rule?;
    let name = rules.get(number).and_then(|rule| rule.name.clone());
    Some(name.unwrap_or_else(|| format!("{}", number + 1)))
}
