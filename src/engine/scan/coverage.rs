//! For which rows the proof of a column holds, as facts to be told: the parts that have none of
//! their hits, and those that are too small to tell.

use super::column::{ColumnScan, kept_parts};
use crate::census::{Part, ShapeEvidence};
use crate::config::Credential;
use crate::engine::judge::part_text::{accept_text, where_text};
use crate::engine::judge::parts::{PartCondition, Proven};
use crate::scheme::Scheme;

/// A part of the rows of which it is not proven that they are of the column's scheme.
#[derive(Clone, Debug, PartialEq)]
pub struct PartFacts {
    /// The column that divides the rows. Empty for the value's own spelling.
    pub column: String,
    /// Which rows: the condition as `accept` takes it.
    pub condition: String,
    /// The same as SQL, where SQL can say it.
    pub where_sql: Option<String>,
    /// How many rows were judged.
    pub rows: u64,
    /// Those of them that no part before this one has.
    pub new_rows: u64,
    /// Rows that hold the digest of a common password.
    pub hits: u64,
    /// The hits to be expected.
    pub expected: f64,
    /// What is known of the part.
    pub standing: PartStandsFor,
    /// What is done with its rows.
    pub fate: PartFate,
    /// Whether the column or its values speak of schemes.
    pub speaks_of_schemes: bool,
    /// The scheme of the other rows.
    pub scheme: Scheme,
}

/// Why a part is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartStandsFor {
    /// It has none of its hits.
    Empty,
    /// It is too small to tell.
    Untestable,
}

/// What is done with the rows of a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartFate {
    /// They are kept.
    Kept,
    /// They are treated like the rest, because the operator accepts them.
    Accepted,
    /// They are treated like the rest.
    Treated,
}

impl PartStandsFor {
    /// The word for machines.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Untestable => "untestable",
        }
    }
}

impl PartFate {
    /// The word for machines.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Kept => "kept",
            Self::Accepted => "accepted",
            Self::Treated => "treated",
        }
    }
}

impl PartFacts {
    /// `none of about 120 expected hits`
    pub fn hits_words(&self) -> String {
        let hits = match self.hits {
            0 => "none".to_owned(),
            hits => hits.to_string(),
        };
        let expected = if self.expected < 9.5 {
            format!("{:.1}", self.expected)
        } else {
            format!("{:.0}", self.expected)
        };
        format!("{hits} of about {expected} expected hits")
    }

    /// What an operator can do about rows that are kept.
    pub fn advice(&self) -> String {
        let divide = self.where_sql.as_ref().map_or_else(
            || "divide them by SQL".to_owned(),
            |condition| format!("give them a credential of their own, with where = {condition:?}"),
        );
        let format = if self.speaks_of_schemes && !self.column.is_empty() {
            format!(
                ", or [credential.format] with column = {:?} for all",
                self.column
            )
        } else {
            String::new()
        };
        format!(
            "{divide}{format}; declare the scheme there, or find it with --canary-login LOGIN:FILE of such an account; only if you know that \
             they are {}: accept = [{:?}]",
            self.scheme, self.condition
        )
    }
}

/// The parts of a shape, the empty ones first.
pub fn part_facts(
    scan: &ColumnScan,
    credential: &Credential,
    evidence: &ShapeEvidence,
) -> Vec<PartFacts> {
    let Some(coverage) = &evidence.coverage else {
        return Vec::new();
    };
    let kept: Vec<&Part> = kept_parts(evidence, credential).collect();
    let facts = |part: &Part, standing| {
        let condition = PartCondition {
            divider: part.divider.clone(),
            is: part.is.clone(),
        };
        let is_kept = kept.iter().any(|known| std::ptr::eq(*known, part));
        PartFacts {
            column: part.divider.clone(),
            condition: accept_text(&condition, &scan.dividers),
            where_sql: where_text(&condition, &scan.dividers),
            rows: part.rows,
            new_rows: part.new_rows,
            hits: part.hits,
            expected: part.expected,
            standing,
            fate: if accepts(&scan.proven, part) {
                PartFate::Accepted
            } else if is_kept {
                PartFate::Kept
            } else {
                PartFate::Treated
            },
            speaks_of_schemes: part.speaks_of_schemes(),
            scheme: coverage.scheme,
        }
    };
    let empty = coverage.empty.iter();
    let untestable = coverage.untestable.iter();
    empty
        .map(|part| facts(part, PartStandsFor::Empty))
        .chain(untestable.map(|part| facts(part, PartStandsFor::Untestable)))
        .collect()
}

/// Conditions of `accept` that are on no part which would be kept otherwise.
pub(crate) fn needless_accepts(scan: &ColumnScan, credential: &Credential) -> Vec<String> {
    let parts: Vec<&Part> = (scan.census.shapes.iter())
        .flat_map(|evidence| kept_parts(evidence, credential))
        .collect();
    let touches = |accepted: &PartCondition| {
        parts.iter().any(|part| {
            let also = part.also.iter().map(|(name, is)| (name, is));
            std::iter::once((&part.divider, &part.is))
                .chain(also)
                .any(|(name, is)| {
                    let of_part = PartCondition {
                        divider: name.clone(),
                        is: is.clone(),
                    };
                    accepted.overlaps(&of_part)
                })
        })
    };
    (scan.proven.accepted().iter())
        .filter(|accepted| !touches(accepted))
        .map(|accepted| accept_text(accepted, &scan.dividers))
        .collect()
}

fn accepts(proven: &Proven, part: &Part) -> bool {
    proven
        .accepted()
        .iter()
        .any(|accepted| accepted.divider == part.divider && accepted.covers(&part.is))
}
