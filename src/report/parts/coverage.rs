//! For which rows a proof holds: for people and for machines.

use serde::Serialize;

use crate::census::{Coverage, DivisionStanding, ShapeEvidence};
use crate::config::Credential;
use crate::engine::{ColumnScan, PartFacts, PartFate, PartStandsFor, part_facts};
use crate::report::text::{count, safe};

/// So many parts that are too small to tell are named to people.
const UNTESTABLE_SHOWN: usize = 5;

/// For which rows the scheme of a shape holds, for machines.
#[derive(Serialize)]
pub(in crate::report) struct CoverageObject {
    shape: &'static str,
    scheme: &'static str,
    rows: u64,
    of_rows: u64,
    hits: u64,
    proven_rows: u64,
    divisions: Vec<DivisionObject>,
    parts: Vec<PartObject>,
    /// What the rows of the empty parts are, where that is proven.
    second: Vec<SecondObject>,
}

#[derive(Serialize)]
struct SecondObject {
    scheme: &'static str,
    way: String,
    hits: u64,
    words: u64,
}

#[derive(Serialize)]
struct DivisionObject {
    column: String,
    standing: &'static str,
}

#[derive(Serialize)]
struct PartObject {
    standing: &'static str,
    fate: &'static str,
    column: String,
    condition: String,
    #[serde(rename = "where")]
    where_sql: Option<String>,
    rows: u64,
    new_rows: u64,
    hits: u64,
    expected: f64,
}

impl CoverageObject {
    /// Those of a column, a shape each.
    pub(in crate::report) fn all(scan: &ColumnScan, credential: Option<&Credential>) -> Vec<Self> {
        let shapes = scan.census.shapes.iter();
        shapes
            .filter_map(|evidence| Self::of(scan, credential?, evidence))
            .collect()
    }

    fn of(scan: &ColumnScan, credential: &Credential, evidence: &ShapeEvidence) -> Option<Self> {
        let coverage = evidence.coverage.as_ref()?;
        let parts = part_facts(scan, credential, evidence);
        Some(Self {
            shape: evidence.shape.as_str(),
            scheme: coverage.scheme.name(),
            rows: coverage.rows,
            of_rows: coverage.of_rows,
            hits: coverage.hits,
            proven_rows: proven_rows(coverage, &parts),
            divisions: coverage
                .divisions
                .iter()
                .map(|division| DivisionObject {
                    column: division.name.clone(),
                    standing: standing_word(division.standing),
                })
                .collect(),
            parts: parts.into_iter().map(PartObject::of).collect(),
            second: evidence
                .second
                .iter()
                .map(|way| SecondObject {
                    scheme: way.scheme.name(),
                    way: way.to_string(),
                    hits: way.hits,
                    words: way.words,
                })
                .collect(),
        })
    }
}

impl PartObject {
    fn of(part: PartFacts) -> Self {
        Self {
            standing: part.standing.as_str(),
            fate: part.fate.as_str(),
            column: part.column,
            condition: part.condition,
            where_sql: part.where_sql,
            rows: part.rows,
            new_rows: part.new_rows,
            hits: part.hits,
            expected: part.expected,
        }
    }
}

/// For which rows the scheme of a shape holds, in lines.
pub(in crate::report) fn coverage_words(
    scan: &ColumnScan,
    credential: &Credential,
    evidence: &ShapeEvidence,
) -> Vec<String> {
    let Some(coverage) = evidence.coverage.as_ref().filter(|known| known.hits > 0) else {
        return Vec::new();
    };
    let parts = part_facts(scan, credential, evidence);
    let mut lines = vec![holds_words(coverage, &parts)];
    for part in &parts {
        match (part.standing, part.fate) {
            (_, PartFate::Kept) => lines.push(format!(
                "the {} with {} are kept: {}",
                count(part.new_rows),
                safe(&part.condition),
                safe(&part.advice())
            )),
            (PartStandsFor::Empty, PartFate::Accepted) => lines.push(format!(
                "the {} with {} are treated like the others, because `accept` says so",
                count(part.new_rows),
                safe(&part.condition)
            )),
            _ => {}
        }
    }
    for way in &evidence.second {
        lines.push(format!(
            "of the rows that are kept, {} sampled ones of {} common passwords are {}",
            count(way.hits),
            count(way.words),
            safe(&way.to_string())
        ));
    }
    let untestable: Vec<String> = parts
        .iter()
        .filter(|part| part.standing == PartStandsFor::Untestable)
        .map(|part| {
            format!(
                "{} ({} rows, {})",
                safe(&part.condition),
                count(part.rows),
                part.hits_words()
            )
        })
        .collect();
    if !untestable.is_empty() {
        let (shown, more) = untestable.split_at(untestable.len().min(UNTESTABLE_SHOWN));
        let more = match more.len() {
            0 => String::new(),
            more => format!(" and {more} more parts"),
        };
        lines.push(format!("too small to tell: {}{more}", shown.join(", ")));
    }
    lines
}

/// `proven for 301 of 301 rows: hits in every part of hash_type, created_at, id`
fn holds_words(coverage: &Coverage, parts: &[PartFacts]) -> String {
    let rows = proven_rows(coverage, parts);
    let covered: Vec<&str> = coverage
        .divisions
        .iter()
        .filter(|division| division.standing == DivisionStanding::Covered)
        .map(|division| match division.name.as_str() {
            "" => "the spelling",
            name => name,
        })
        .collect();
    let every = match covered[..] {
        [] => String::new(),
        _ => format!(": hits in every part of {}", safe(&covered.join(", "))),
    };
    let empty: Vec<String> = parts
        .iter()
        .filter(|part| part.standing == PartStandsFor::Empty)
        .map(|part| {
            format!(
                "; the {} with {} have {}",
                count(part.new_rows),
                safe(&part.condition),
                part.hits_words()
            )
        })
        .collect();
    let sampled = match coverage.rows < coverage.of_rows {
        true => format!(", judged by {} of them", count(coverage.rows)),
        false => String::new(),
    };
    format!(
        "{} proven for {} of {} rows{sampled}{every}{}",
        coverage.scheme,
        count(rows),
        count(coverage.of_rows),
        empty.concat()
    )
}

/// The rows for which the proof holds: those of no part that has none of its hits, and of none that
/// is kept because it is too small to tell.
fn proven_rows(coverage: &Coverage, parts: &[PartFacts]) -> u64 {
    let kept = parts
        .iter()
        .filter(|part| part.standing == PartStandsFor::Untestable && part.fate == PartFate::Kept);
    let kept: u64 = kept.map(|part| part.new_rows).sum();
    coverage.proven_rows.saturating_sub(kept)
}

fn standing_word(standing: DivisionStanding) -> &'static str {
    match standing {
        DivisionStanding::Covered => "covered",
        DivisionStanding::Untestable => "untestable",
        DivisionStanding::Empty => "empty",
        DivisionStanding::NotDividing => "not-dividing",
    }
}
