//! Counts the rows and the hits of one shape, in every part of every division.

use super::divider::{DIVIDERS_MAX, Divider, DividerValue};
use super::hit::RowHit;
use super::kept::{KeptRow, KeptRows, UNORDERED};
use super::order::OrderCounts;
use super::spelt::Spelt;
use super::values::{PartTally, Values};
use crate::scheme::Scheme;

/// The bytes of the sample of rows. Half as much is taken for the sample of hits.
const KEPT_BYTES: usize = 4 << 20;
/// Values of a column that divides have so many rows each, or more, taken together.
/// The most rows of that sample.
const KEPT_MAX: usize = 1 << 15;

/// The rows and hits of one shape so far.
#[derive(Clone)]
pub struct CoverageCounts {
    pub(super) dividers: Vec<DividerCounts>,
    pub(super) spelling: PartTally,
    pub(super) rows: u64,
    /// The hits of each candidate.
    pub(super) hits: Vec<u64>,
    /// The rows of each word, by candidate.
    pub(super) words: Vec<Vec<u32>>,
    pub(super) kept: KeptRows,
    /// A sample of the rows that are hits.
    pub(super) kept_hits: KeptRows,
    /// The numbers and the values of the row that is counted.
    numbers: Vec<u16>,
    values: Vec<i64>,
}

/// What was counted of one dividing column.
#[derive(Clone)]
pub(super) struct DividerCounts {
    pub(super) divider: Divider,
    pub(super) values: Values,
    pub(super) tally: PartTally,
    pub(super) order: OrderCounts,
}

/// What is asked of the counts.
#[derive(Clone, Copy, Debug)]
pub struct CoverageQuestion {
    /// The scheme that is proven.
    pub scheme: Scheme,
    /// Its number among the candidates.
    pub candidate: u8,
    /// The rows of the shape in the column.
    pub of_rows: u64,
}

/// A column divides by its values where so many rows share one, as a mean.
const ROWS_A_VALUE: u64 = 8;
/// So few values divide always.
const VALUES_OF_FEW: usize = 8;

impl CoverageCounts {
    /// Nothing counted yet. The keys are those of its hashes. More dividers than [`DIVIDERS_MAX`]
    /// are left out.
    pub fn new(dividers: &[Divider], keys: [u64; 2]) -> Self {
        let dividers: Vec<DividerCounts> = dividers
            .iter()
            .take(DIVIDERS_MAX)
            .map(|divider| DividerCounts {
                divider: divider.clone(),
                values: match divider.kind.has_values() {
                    true => Values::new(keys),
                    false => Values::unknown(keys),
                },
                tally: PartTally::default(),
                order: OrderCounts::default(),
            })
            .collect();
        let row_bytes = 8 + 2 * dividers.len() + 8 * dividers.len();
        let most = (KEPT_BYTES / row_bytes).min(KEPT_MAX);
        Self {
            dividers,
            spelling: PartTally::default(),
            rows: 0,
            hits: Vec::new(),
            words: Vec::new(),
            kept: KeptRows::new(most, keys[0]),
            kept_hits: KeptRows::new(most / 2, keys[1]),
            numbers: Vec::with_capacity(DIVIDERS_MAX + 1),
            values: Vec::with_capacity(DIVIDERS_MAX),
        }
    }

    /// Counts a row: its value, its hit, and the values of the dividing columns in their order.
    pub fn row<'b>(
        &mut self,
        value: &[u8],
        hit: Option<RowHit>,
        beside: impl IntoIterator<Item = DividerValue<'b>>,
    ) {
        let candidate = hit.map(|hit| hit.candidate);
        self.numbers.clear();
        self.values.clear();
        for (counts, value) in self.dividers.iter_mut().zip(beside) {
            let number = counts.values.number(value);
            self.numbers.push(number);
            counts.tally.add(number, candidate);
            let mut ordered = UNORDERED;
            if counts.divider.kind.has_order()
                && let DividerValue::Number(number) = value
                && number != UNORDERED
            {
                ordered = number;
                counts.order.add(number, candidate);
            }
            self.values.push(ordered);
        }
        // A row that carries less than others is NULL in the rest.
        self.numbers.resize(self.dividers.len(), 0);
        self.values.resize(self.dividers.len(), UNORDERED);
        let spelt = Spelt::of(value) as u16;
        self.spelling.add(spelt, candidate);
        self.numbers.push(spelt);
        self.rows += 1;
        let row = KeptRow {
            numbers: &self.numbers,
            values: &self.values,
            hit,
        };
        self.kept.offer(row);
        if let Some(hit) = hit {
            self.kept_hits.offer(row);
            self.hit(hit);
        }
    }

    fn hit(&mut self, hit: RowHit) {
        let (candidate, word) = (usize::from(hit.candidate), usize::from(hit.word));
        if self.hits.len() <= candidate {
            self.hits.resize(candidate + 1, 0);
            self.words.resize(candidate + 1, Vec::new());
        }
        self.hits[candidate] += 1;
        let words = &mut self.words[candidate];
        if words.len() <= word {
            words.resize(word + 1, 0);
        }
        words[word] += 1;
    }

    /// Sorts in what waits to be sorted in. Values that hardly a row shares with another are those
    /// of people, and no kinds of rows: from now on they are not told apart.
    pub(super) fn settle(&mut self) {
        let most = usize::try_from(self.rows / ROWS_A_VALUE).unwrap_or(usize::MAX);
        for counts in &mut self.dividers {
            counts.order.settle();
            counts.values.forget_above(most.max(VALUES_OF_FEW));
        }
    }
}
