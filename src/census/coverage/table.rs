//! The counts as one candidate sees them, without the rows of parts that were taken out.
//!
//! As long as nothing is taken out, the counts are exact. What the rows that were taken out share
//! with another part is known from the sample of rows, which is the whole of a small table.

use std::collections::HashSet;

use super::counts::CoverageCounts;
use super::hit::RowHit;
use super::kept::{KeptRow, KeptRows, UNORDERED};
use super::part_rows::PartRows;

/// A word always counts for so many rows.
const WORD_ROWS: u32 = 3;
/// So many most common words don't count when a bound is set for the greatest counts.
const HEAD_WORDS: usize = 3;
/// With fewer words than this, only the greatest is left out.
const MANY_WORDS: usize = 8;

/// The counts for one candidate.
pub(super) struct CandidateTable<'c> {
    counts: &'c CoverageCounts,
    candidate: u8,
    /// For how much a row of each word counts: 1 but for words that have too many rows.
    weights: Vec<f64>,
    /// Rows of the sample that were taken out, and hits.
    out: Vec<bool>,
    hits_out: Vec<bool>,
}

/// What is known of a part.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct PartSum {
    pub(super) rows: f64,
    pub(super) hits: f64,
    /// The hits, with words that have too many rows counted for less.
    pub(super) weighed: f64,
    /// Two where several words have hits.
    pub(super) words: u8,
    /// Rows of the sample, and those of them that were taken out.
    kept: f64,
    kept_out: f64,
    /// Hits of the sample that were taken out; the others, what they count for, and a word.
    seen_out: f64,
    seen: f64,
    seen_weighed: f64,
    word: Option<u16>,
}

/// Rows that stand side by side in an order.
#[derive(Clone, Copy, Debug)]
pub(super) struct OrderPiece {
    pub(super) from: i64,
    pub(super) to: i64,
    pub(super) sum: PartSum,
}

impl PartSum {
    /// Adds the counts of another part.
    pub(super) fn add(&mut self, other: &Self) {
        self.rows += other.rows;
        self.hits += other.hits;
        self.weighed += other.weighed;
        self.seen += other.seen;
        self.seen_out += other.seen_out;
        self.kept += other.kept;
        self.kept_out += other.kept_out;
        self.seen_weighed += other.seen_weighed;
        self.words = match (self.word, other.word) {
            (Some(one), Some(two)) if one != two => 2,
            _ => self.words.max(other.words),
        };
        self.word = self.word.or(other.word);
    }

    /// Counts a hit of the sample.
    fn see(&mut self, word: u16, weight: f64) {
        self.seen += 1.0;
        self.seen_weighed += weight;
        match self.word {
            None => (self.word, self.words) = (Some(word), 1),
            Some(known) if known != word => self.words = 2,
            Some(_) => {}
        }
    }

    /// Leaves what was not taken out, by the shares of the sample. So of a part that was taken out
    /// as a whole nothing is left.
    fn weigh(&mut self) {
        if self.kept_out > 0.0 {
            self.rows *= 1.0 - self.kept_out / self.kept;
        }
        if self.seen_out > 0.0 {
            self.hits *= self.seen / (self.seen + self.seen_out);
        }
        self.hits = self.hits.min(self.rows);
        self.weighed = if self.seen > 0.0 {
            self.hits * self.seen_weighed / self.seen
        } else {
            self.hits
        };
    }
}

impl<'c> CandidateTable<'c> {
    /// The table of a candidate, with nothing taken out.
    pub(super) fn new(counts: &'c CoverageCounts, candidate: u8) -> Self {
        let words = counts.words.get(usize::from(candidate));
        Self {
            counts,
            candidate,
            weights: words.map_or_else(Vec::new, |rows| weights(rows)),
            out: vec![false; counts.kept.len()],
            hits_out: vec![false; counts.kept_hits.len()],
        }
    }

    /// The number of divisions: the dividing columns, then the spelling.
    pub(super) fn divisions(&self) -> usize {
        self.counts.dividers.len() + 1
    }

    /// All rows that are not taken out.
    pub(super) fn all(&self) -> PartSum {
        let mut all = PartSum::default();
        for (_, part) in self.parts(self.divisions() - 1) {
            all.add(&part);
        }
        all
    }

    /// How many different words have hits that are not taken out.
    pub(super) fn words(&self) -> u64 {
        let left = self.hit_rows().filter(|(_, _, is_out)| !is_out);
        let words: HashSet<u16> = left.map(|(_, hit, _)| hit.word).collect();
        words.len() as u64
    }

    /// The parts of a division by number.
    pub(super) fn parts(&self, division: usize) -> Vec<(u16, PartSum)> {
        let mut parts: Vec<Option<PartSum>> = Vec::new();
        let part = |parts: &mut Vec<Option<PartSum>>, number: u16| {
            let number = usize::from(self.current(division, number));
            if parts.len() <= number {
                parts.resize(number + 1, None);
            }
            number
        };
        let tally = match self.counts.dividers.get(division) {
            Some(divider) => &divider.tally,
            None => &self.counts.spelling,
        };
        for (number, rows, hits) in tally.parts(self.candidate) {
            let at = part(&mut parts, number);
            let sum = parts[at].get_or_insert_default();
            sum.rows += rows as f64;
            sum.hits += hits as f64;
        }
        for (row, is_out) in self.counts.kept.rows().zip(&self.out) {
            let at = part(&mut parts, row.numbers[division]);
            let sum = parts[at].get_or_insert_default();
            sum.kept += 1.0;
            sum.kept_out += f64::from(u8::from(*is_out));
        }
        for (row, hit, is_out) in self.hit_rows() {
            let at = part(&mut parts, row.numbers[division]);
            let sum = parts[at].get_or_insert_default();
            if is_out {
                sum.seen_out += 1.0;
            } else {
                sum.see(hit.word, self.weight(hit.word));
            }
        }
        let numbered = (0..).zip(parts);
        numbered
            .filter_map(|(number, sum)| {
                let mut sum = sum?;
                sum.weigh();
                (sum.rows >= 0.5).then_some((number, sum))
            })
            .collect()
    }

    /// The pieces of an order, from its first value to its last.
    pub(super) fn pieces(&self, order: usize) -> Vec<OrderPiece> {
        let mut pieces = if self.counts.kept.is_whole() {
            self.exact_pieces(order)
        } else {
            self.counted_pieces(order)
        };
        pieces.iter_mut().for_each(|piece| piece.sum.weigh());
        pieces.retain(|piece| piece.sum.rows >= 0.5);
        pieces
    }

    /// The number of rows in a part.
    pub(super) fn rows_of(&self, part: &PartRows) -> f64 {
        match part {
            PartRows::Numbers { division, numbers } => self
                .parts(*division)
                .iter()
                .filter(|(number, _)| numbers.contains(number))
                .map(|(_, sum)| sum.rows)
                .sum(),
            PartRows::Between { order, from, to } => self
                .pieces(*order)
                .iter()
                .filter(|piece| *from <= piece.from && piece.to <= *to)
                .map(|piece| piece.sum.rows)
                .sum(),
        }
    }

    /// The number of rows in a part, and of those that it shares with another part.
    pub(super) fn shared(&self, one: &PartRows, two: &PartRows) -> [f64; 3] {
        let mut counts = [0.0; 3];
        let kept = self.counts.kept.rows().zip(&self.out);
        for (row, _) in kept.filter(|(_, is_out)| !**is_out) {
            let (in_one, in_two) = (self.has(one, row), self.has(two, row));
            counts[0] += f64::from(u8::from(in_one));
            counts[1] += f64::from(u8::from(in_two));
            counts[2] += f64::from(u8::from(in_one && in_two));
        }
        counts.map(|count| count * self.counts.kept.weight())
    }

    /// Takes the rows of a part out.
    pub(super) fn take_out(&mut self, part: &PartRows) {
        let also = |kept: &KeptRows, out: &[bool]| {
            let rows = kept.rows().zip(out);
            rows.map(|(row, is_out)| *is_out || self.has(part, row))
                .collect()
        };
        let out = also(&self.counts.kept, &self.out);
        let hits_out = also(&self.counts.kept_hits, &self.hits_out);
        (self.out, self.hits_out) = (out, hits_out);
    }

    fn exact_pieces(&self, order: usize) -> Vec<OrderPiece> {
        let rows = self.counts.kept.rows().zip(&self.out);
        let mut rows: Vec<(i64, Option<u16>)> = rows
            .filter(|(row, is_out)| !**is_out && row.values[order] != UNORDERED)
            .map(|(row, _)| (row.values[order], self.own(row).map(|hit| hit.word)))
            .collect();
        rows.sort_unstable_by_key(|(value, _)| *value);
        let mut pieces: Vec<OrderPiece> = Vec::new();
        for (value, word) in rows {
            // Values without a hit are joined: nothing of a stretch without hits is lost by it.
            let joins = pieces
                .last()
                .is_some_and(|last| last.to == value || (word.is_none() && last.sum.hits == 0.0));
            if !joins {
                pieces.push(OrderPiece {
                    from: value,
                    to: value,
                    sum: PartSum::default(),
                });
            }
            if let Some(last) = pieces.last_mut() {
                last.to = value;
                last.sum.rows += 1.0;
                if let Some(word) = word {
                    last.sum.hits += 1.0;
                    last.sum.see(word, self.weight(word));
                }
            }
        }
        pieces
    }

    fn counted_pieces(&self, order: usize) -> Vec<OrderPiece> {
        let ranges = self.counts.dividers[order].order.ranges(self.candidate);
        let mut pieces: Vec<OrderPiece> = ranges
            .map(|(range, hits)| OrderPiece {
                from: range.from,
                to: range.to,
                sum: PartSum {
                    rows: range.rows as f64,
                    hits: hits as f64,
                    ..PartSum::default()
                },
            })
            .collect();
        let place = |pieces: &[OrderPiece], value: i64| {
            let at = pieces.partition_point(|piece| piece.to < value);
            pieces.get(at).filter(|piece| piece.from <= value)?;
            Some(at)
        };
        for (row, is_out) in self.counts.kept.rows().zip(&self.out) {
            if let Some(at) = place(&pieces, row.values[order]) {
                pieces[at].sum.kept += 1.0;
                pieces[at].sum.kept_out += f64::from(u8::from(*is_out));
            }
        }
        for (row, hit, is_out) in self.hit_rows() {
            if let Some(at) = place(&pieces, row.values[order]) {
                if is_out {
                    pieces[at].sum.seen_out += 1.0;
                } else {
                    pieces[at].sum.see(hit.word, self.weight(hit.word));
                }
            }
        }
        pieces
    }

    /// The hits of the candidate that are known with all their parts, and whether each was taken
    /// out.
    fn hit_rows(&self) -> impl Iterator<Item = (KeptRow<'_>, RowHit, bool)> {
        let (kept, out) = if self.counts.kept.is_whole() {
            (&self.counts.kept, &self.out)
        } else {
            (&self.counts.kept_hits, &self.hits_out)
        };
        let rows = kept.rows().zip(out);
        rows.filter_map(|(row, is_out)| Some((row, self.own(row)?, *is_out)))
    }

    /// The hit of a row, if it is the candidate's.
    fn own(&self, row: KeptRow<'_>) -> Option<RowHit> {
        row.hit.filter(|hit| hit.candidate == self.candidate)
    }

    fn weight(&self, word: u16) -> f64 {
        self.weights.get(usize::from(word)).copied().unwrap_or(1.0)
    }

    fn has(&self, part: &PartRows, row: KeptRow<'_>) -> bool {
        part.has(row, |division, number| self.current(division, number))
    }

    fn current(&self, division: usize, number: u16) -> u16 {
        match self.counts.dividers.get(division) {
            Some(divider) => divider.values.current(number),
            None => number,
        }
    }
}

/// For how much a row of each word counts.
///
/// A password that was given to everybody in one batch says nothing about all others' habits. So no
/// word counts for more rows than all words behind the most common ones together.
fn weights(rows: &[u32]) -> Vec<f64> {
    let mut sorted: Vec<u32> = rows.iter().copied().filter(|rows| *rows > 0).collect();
    sorted.sort_unstable_by(|one, two| two.cmp(one));
    let head = if sorted.len() < MANY_WORDS {
        1
    } else {
        HEAD_WORDS
    };
    let behind: u32 = sorted.iter().skip(head).sum();
    let most = behind.max(WORD_ROWS);
    rows.iter()
        .map(|rows| f64::from(*rows.min(&most)) / f64::from(*rows.max(&1)))
        .map(|weight| if weight > 0.0 { weight } else { 1.0 })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_peoples_passwords_count_in_full() {
        assert_eq!(weights(&[30, 20, 15, 12, 1]), [1.0; 5]);
        assert_eq!(weights(&[2, 1, 0]), [1.0; 3]);
    }

    #[test]
    fn passwords_that_were_given_to_everybody_count_for_little() {
        let of = weights(&[20, 10, 3_000, 10, 2_000, 5, 4, 3, 2]);
        assert_eq!((of[0], of[1], of[3]), (1.0, 1.0, 1.0));
        assert!((of[2] * 3_000.0 - 34.0).abs() < 1e-6, "{of:?}");
        assert!((of[4] * 2_000.0 - 34.0).abs() < 1e-6, "{of:?}");
    }
}
