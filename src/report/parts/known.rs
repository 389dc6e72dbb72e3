//! How many rows have a password that is on a list. Never which password.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::census::KnownCounts;
use crate::engine::ColumnScan;
use crate::report::text::{count, percent};

/// The object for machines: how many rows were judged, and why others were not.
#[derive(Serialize)]
pub(in crate::report) struct KnownObject {
    judged: u64,
    known: u64,
    not_judged: u64,
    why_not_judged: BTreeMap<&'static str, u64>,
}

/// What lists said of a column: the sum, each line if there are several, and what was not judged.
pub(in crate::report) fn known_words(scan: &ColumnScan) -> Vec<String> {
    let Some(known) = &scan.known else {
        return Vec::new();
    };
    let mut out = vec![format!("known passwords: {}", judged_words(&known.all))];
    let lines = || {
        let lines = scan.census.lines.iter().zip(&known.lines);
        lines.filter(|(_, counts)| counts.judged() > 0)
    };
    if lines().count() > 1 {
        out.extend(
            lines().map(|(line, counts)| format!("  {}: {}", line.label(), judged_words(counts))),
        );
    }
    out.extend(unjudged_words(&known.all));
    out
}

/// The same as one line.
pub(in crate::report) fn known_line(counts: &KnownCounts) -> String {
    let parts = [Some(judged_words(counts)), unjudged_words(counts)];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    parts.join("; ")
}

impl KnownObject {
    pub(in crate::report) fn of(counts: &KnownCounts) -> Self {
        let reasons = counts.reasons();
        Self {
            judged: counts.judged(),
            known: counts.known,
            not_judged: counts.unjudged(),
            why_not_judged: reasons.map(|(why, rows)| (why.as_str(), rows)).collect(),
        }
    }
}

fn judged_words(counts: &KnownCounts) -> String {
    match counts.judged() {
        0 => "no row was judged".to_owned(),
        judged => format!(
            "{} of {} rows that were judged ({})",
            count(counts.known),
            count(judged),
            percent(counts.known, judged)
        ),
    }
}

fn unjudged_words(counts: &KnownCounts) -> Option<String> {
    let reasons: Vec<String> = counts
        .reasons()
        .map(|(why, rows)| format!("{} ({})", count(rows), why.words()))
        .collect();
    (!reasons.is_empty()).then(|| format!("not judged: {}", reasons.join(", ")))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::census::{Judgement, UnjudgedReason};
    use crate::report::object::object;

    #[test]
    fn what_was_not_judged_has_its_reasons_beside_it() {
        let mut counts = KnownCounts::default();
        assert_eq!(known_line(&counts), "no row was judged");
        for judgement in [
            Judgement::Known,
            Judgement::NotFound,
            Judgement::NotFound,
            Judgement::NotFound,
            Judgement::NotJudged(UnjudgedReason::Slow),
            Judgement::NotJudged(UnjudgedReason::NoScheme),
        ] {
            counts.add(judgement);
        }
        assert_eq!(
            known_line(&counts),
            "1 of 4 rows that were judged (25.0 %); not judged: 1 (scheme neither declared nor proven), 1 (slow hash)"
        );
        assert_eq!(
            object(&KnownObject::of(&counts)),
            json!({
                "judged": 4,
                "known": 1,
                "not_judged": 2,
                "why_not_judged": { "scheme-not-known": 1, "slow-hash": 1 },
            })
        );
    }
}
