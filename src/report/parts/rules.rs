//! A decision in words.

use crate::config::Settings;
use crate::engine::{ColumnScan, Group, ReaderNeed, labels_of, reader_need};
use crate::policy::{Decision, Reason, Rules};
use crate::report::text::safe;

/// The action, and why.
pub(in crate::report) fn action_words(
    settings: &Settings,
    scan: &ColumnScan,
    group: &Group,
) -> String {
    format!("{}: {}", group.decision.action, why(settings, scan, group))
}

/// Why: the rule by its name, or the reason of the default action.
pub(in crate::report) fn why(settings: &Settings, scan: &ColumnScan, group: &Group) -> String {
    let decision = &group.decision;
    let name = rule_name(&settings.rules, decision);
    let named = name.map(|name| format!("rule {}", safe(&name)));
    match (decision.reason, named) {
        (Reason::Rule, Some(named)) => named,
        (Reason::Wrapped, None) => wrapped(settings, scan, group),
        (reason, Some(named)) => format!("{named}: {}", reason.explain()),
        (reason, None) => reason.explain().to_owned(),
    }
}

/// When a wrapped value becomes a native one.
fn wrapped(settings: &Settings, scan: &ColumnScan, group: &Group) -> String {
    match reader_need(scan.line(group), &scan.credential, settings) {
        ReaderNeed::Always => "an answer, which keeps its label for ever".to_owned(),
        ReaderNeed::SomeLogin(whole) => {
            format!("wrapped; a login makes it native with {whole}")
        }
        ReaderNeed::NewPassword => "has a label; only a new password makes it native".to_owned(),
        _ => Reason::Wrapped.explain().to_owned(),
    }
}

/// The labels that the rows of a group have, or would get.
pub(in crate::report) fn label_names(
    settings: &Settings,
    scan: &ColumnScan,
    group: &Group,
) -> Vec<String> {
    let Some(credential) = settings.credential(&scan.credential) else {
        return Vec::new();
    };
    labels_of(settings, credential, (scan, group))
        .iter()
        .map(ToString::to_string)
        .collect()
}

/// The name of the rule that decided, or its number from 1 if it has no name.
pub(in crate::report) fn rule_name(rules: &Rules, decision: &Decision) -> Option<String> {
    let number = decision.rule?;
    let name = rules.get(number).and_then(|rule| rule.name.clone());
    Some(name.unwrap_or_else(|| format!("{}", number + 1)))
}
