//! The judgement: for which rows a proof holds.
//!
//! The part that explains most is taken out first. The rate of the rest is then higher, and the
//! same rows are not found again under other names. So it goes on until no part is empty.

use super::chance::Split;
use super::counts::{CoverageCounts, CoverageQuestion};
use super::divider::DividerKind;
use super::found::{Divisions, FoundPart, PartStanding};
use super::part_rows::PartRows;
use super::table::CandidateTable;
use super::verdict::{Coverage, Division, DivisionStanding, Part, PartIs};

/// More empty parts than this are not told one by one.
const EMPTY_MAX: usize = 32;

/// Parts that share at least so much of their rows are the same rows under two names.
const SAME_SHARE: f64 = 0.8;

/// For which rows a proof holds, and the hits of all candidates among these rows.
pub(in crate::census) struct CoverageOfRivals {
    pub(in crate::census) coverage: Coverage,
    pub(in crate::census) left: Vec<LeftHits>,
}

/// The hits of one candidate outside the empty parts.
pub(in crate::census) struct LeftHits {
    pub(in crate::census) candidate: u8,
    pub(in crate::census) hits: f64,
    pub(in crate::census) words: u64,
}

impl CoverageCounts {
    /// For which rows the proof of a candidate holds.
    pub fn judge(self, question: CoverageQuestion) -> Coverage {
        self.judge_with_rivals(question).coverage
    }

    /// The same, with the hits that every candidate has outside the empty parts.
    pub(in crate::census) fn judge_with_rivals(
        mut self,
        question: CoverageQuestion,
    ) -> CoverageOfRivals {
        self.settle();
        let mut table = CandidateTable::new(&self, question.candidate);
        let divisions = Divisions::new(&self, &table);
        let whole = CandidateTable::new(&self, question.candidate);
        let mut empty: Vec<Part> = Vec::new();
        let mut empty_divisions: Vec<usize> = Vec::new();
        let mut taken_out: Vec<PartRows> = Vec::new();
        while empty.len() < EMPTY_MAX {
            let found = divisions.empty_parts(&table);
            let Some((best, also)) = best(&found, &divisions, &table) else {
                break;
            };
            // The rows are gone already, and what is left is the sample's error.
            if table.shared(&best.rows, &best.rows)[0] < 1.0 {
                break;
            }
            empty_divisions.push(best.division);
            empty_divisions.extend(also.iter().map(|part| part.division));
            empty.push(Part {
                divider: self.name(best.division),
                is: best.is.clone(),
                rows: whole.rows_of(&best.rows).round() as u64,
                new_rows: best.split.rows.round() as u64,
                hits: best.split.hits.round() as u64,
                expected: best.split.expected(),
                also: also
                    .iter()
                    .map(|part| (self.name(part.division), part.is.clone()))
                    .collect(),
                speaks: divisions.speaks(best.division) && !is_range(&best.is),
            });
            table.take_out(&best.rows);
            taken_out.push(best.rows.clone());
        }
        let mut untestable = Vec::new();
        let mut judged = Vec::new();
        for division in 0..table.divisions() {
            let small = untestable_parts(&divisions, &table, division);
            let has_small = !small.is_empty();
            untestable.extend(small.into_iter().map(|(is, split)| Part {
                divider: self.name(division),
                is,
                rows: split.rows.round() as u64,
                new_rows: split.rows.round() as u64,
                hits: split.hits.round() as u64,
                expected: split.expected(),
                also: Vec::new(),
                speaks: divisions.speaks(division),
            }));
            let standing = if empty_divisions.contains(&division) {
                DivisionStanding::Empty
            } else if has_small {
                DivisionStanding::Untestable
            } else {
                standing(&divisions, &table, division)
            };
            judged.push(Division {
                name: self.name(division),
                standing,
            });
        }
        let kept: u64 = empty.iter().map(|part| part.new_rows).sum();
        let proven = self.rows.saturating_sub(kept);
        let candidates = (0..).take(self.hits.len());
        let left = candidates.map(|candidate| {
            let mut of = CandidateTable::new(&self, candidate);
            taken_out.iter().for_each(|part| of.take_out(part));
            LeftHits {
                candidate,
                hits: of.all().hits,
                words: of.words(),
            }
        });
        let left = left.collect();
        let coverage = Coverage {
            scheme: question.scheme,
            rows: self.rows,
            of_rows: question.of_rows,
            hits: whole.all().hits.round() as u64,
            proven_rows: scaled(proven, self.rows, question.of_rows),
            divisions: judged,
            empty,
            untestable,
        };
        CoverageOfRivals { coverage, left }
    }

    /// The name of a division; empty for the spelling.
    fn name(&self, division: usize) -> String {
        self.dividers
            .get(division)
            .map_or_else(String::new, |counts| counts.divider.name.clone())
    }
}

/// Whether it is a range of an order: one that goes over several values speaks of none.
fn is_range(is: &PartIs) -> bool {
    matches!(is, PartIs::Range { .. })
}

/// The empty part that explains most, and the others that are almost the same rows.
fn best<'f>(
    found: &'f [FoundPart],
    divisions: &Divisions<'_>,
    table: &CandidateTable<'_>,
) -> Option<(&'f FoundPart, Vec<&'f FoundPart>)> {
    let most = found
        .iter()
        .min_by(|one, two| one.ln_chance.total_cmp(&two.ln_chance))?;
    let is_same = |other: &FoundPart| {
        let [one, two, both] = table.shared(&most.rows, &other.rows);
        both >= SAME_SHARE * (one + two - both)
    };
    let mut same: Vec<&FoundPart> = found.iter().filter(|other| is_same(other)).collect();
    // A range of an order says when; a value says why.
    same.sort_by(|one, two| {
        rank(one, divisions)
            .cmp(&rank(two, divisions))
            .then(one.ln_chance.total_cmp(&two.ln_chance))
    });
    let mut same = same.into_iter();
    let best = same.next().unwrap_or(most);
    let others = same.filter(|other| other.division != best.division);
    Some((best, others.collect()))
}

/// What is named first of several names for the same rows.
fn rank(part: &FoundPart, divisions: &Divisions<'_>) -> u8 {
    match (&part.is, divisions.kind(part.division)) {
        (PartIs::Range { .. }, Some(DividerKind::Moment)) => 4,
        (PartIs::Range { .. }, Some(DividerKind::Key)) => 5,
        (PartIs::Range { .. }, _) => 6,
        _ if divisions.speaks(part.division) => 0,
        (PartIs::Values(values), _) if values.len() > 1 => 3,
        (PartIs::Spelt(_), _) => 2,
        (PartIs::Values(_) | PartIs::Present, _) => 1,
    }
}

fn untestable_parts(
    divisions: &Divisions<'_>,
    table: &CandidateTable<'_>,
    division: usize,
) -> Vec<(PartIs, Split)> {
    let parts = divisions.numbered_parts(table, division);
    let small = parts
        .into_iter()
        .filter(|part| part.standing == PartStanding::Untestable);
    small
        .map(|part| (divisions.describe(division, &part.numbers), part.split))
        .collect()
}

/// The standing of a division without an empty part and without a small one.
fn standing(
    divisions: &Divisions<'_>,
    table: &CandidateTable<'_>,
    division: usize,
) -> DivisionStanding {
    let parts = table.parts(division).len();
    if !divisions.has_order(division) {
        return match parts {
            0 | 1 => DivisionStanding::NotDividing,
            _ => DivisionStanding::Covered,
        };
    }
    let pieces = table.pieces(division);
    if divisions.is_order_testable(&pieces) {
        DivisionStanding::Covered
    } else if parts > 1 || pieces.len() > 1 {
        DivisionStanding::Untestable
    } else {
        DivisionStanding::NotDividing
    }
}

/// A number of judged rows as a number of the column's rows.
fn scaled(part: u64, judged: u64, of: u64) -> u64 {
    if judged == 0 || judged == of {
        part
    } else {
        (part as f64 * of as f64 / judged as f64).round() as u64
    }
}
