//! Looks through every division for parts that have none of their hits.

use super::chance::{ALPHA, Split};
use super::counts::CoverageCounts;
use super::divider::DividerKind;
use super::part_rows::PartRows;
use super::speaks::speaks_of_schemes;
use super::spelt::Spelt;
use super::stretches::{HitlessStretch, StretchPlace, stretches};
use super::table::{CandidateTable, OrderPiece, PartSum};
use super::values::{BLANK, FIRST, NULL, OTHER, Values};
use super::verdict::{PartIs, PartValue};
use crate::census::words::{HITS_MIN, WORDS_MIN};

/// A part may be called empty with at most this share of its hits, or with [`HANDFUL`] hits. A
/// lower rate than that of the rest is no emptiness.
const EMPTY_SHARE: f64 = 0.125;

/// So many hits anybody can put into a part, by opening accounts whose values are digests of common
/// passwords under another scheme too.
const HANDFUL: f64 = 5.0;

/// With fewer hits than this the rest has no rate to judge a part by: the first accounts of a table
/// are its makers' trials, and theirs are common passwords.
const REST_HITS_MIN: f64 = 6.0;

/// So few values are judged each by itself, and not in their order too.
const FEW_VALUES: usize = 16;

/// A part that has none of its hits.
#[derive(Clone, Debug)]
pub(super) struct FoundPart {
    /// The division: a dividing column, or the spelling behind the last of them.
    pub(super) division: usize,
    pub(super) is: PartIs,
    pub(super) rows: PartRows,
    pub(super) split: Split,
    pub(super) ln_chance: f64,
}

/// For how much each test counts when the chance is shared out.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shares {
    /// The logarithm of the chance for a test of weight 1.
    pub(super) ln_each: f64,
}

/// What is known of a part that is not empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PartStanding {
    Proven,
    Empty,
    Untestable,
}

/// A part of a division that each row has one of.
pub(super) struct NumberedPart {
    pub(super) numbers: Vec<u16>,
    pub(super) sum: PartSum,
    pub(super) split: Split,
    pub(super) standing: PartStanding,
}

/// The divisions of a table, and how they are weighed.
pub(super) struct Divisions<'c> {
    counts: &'c CoverageCounts,
    /// Whether a division speaks of schemes.
    speaks: Vec<bool>,
    pub(super) shares: Shares,
}

impl<'c> Divisions<'c> {
    pub(super) fn new(counts: &'c CoverageCounts, table: &CandidateTable<'c>) -> Self {
        let speaks = counts.dividers.iter().map(|counts| {
            let texts =
                (0..u16::MAX - FIRST).map_while(|number| counts.values.value(number + FIRST));
            let texts: Vec<&[u8]> = texts
                .filter_map(|value| match value {
                    PartValue::Bytes(bytes) => Some(&bytes[..]),
                    _ => None,
                })
                .collect();
            speaks_of_schemes(&counts.divider.name, texts)
        });
        let speaks: Vec<bool> = speaks.chain([false]).collect();
        let mut divisions = Self {
            counts,
            speaks,
            shares: Shares { ln_each: 0.0 },
        };
        divisions.shares = divisions.share_out(table);
        divisions
    }

    /// Whether the division speaks of schemes, by its name or its values.
    pub(super) fn speaks(&self, division: usize) -> bool {
        self.speaks[division]
    }

    /// The kind of a division's column; none for the spelling.
    pub(super) fn kind(&self, division: usize) -> Option<DividerKind> {
        self.counts
            .dividers
            .get(division)
            .map(|counts| counts.divider.kind)
    }

    /// Whether a division has an order that its values alone don't tell.
    pub(super) fn has_order(&self, division: usize) -> bool {
        let counts = self.counts.dividers.get(division);
        counts.is_some_and(|counts| {
            let values = counts.values.count();
            let has_few = (1..=FEW_VALUES).contains(&values);
            counts.divider.kind.has_order() && !has_few
        })
    }

    /// Every part of every division that is empty.
    pub(super) fn empty_parts(&self, table: &CandidateTable<'c>) -> Vec<FoundPart> {
        let mut found = Vec::new();
        for division in 0..table.divisions() {
            let parts = self.numbered_parts(table, division);
            let empty = parts
                .iter()
                .filter(|part| part.standing == PartStanding::Empty);
            found.extend(empty.map(|part| FoundPart {
                division,
                is: self.describe(division, &part.numbers),
                rows: PartRows::Numbers {
                    division,
                    numbers: part.numbers.clone(),
                },
                split: part.split,
                ln_chance: part.split.ln_chance(),
            }));
            if self.has_order(division) {
                let pieces = table.pieces(division);
                let empty = self.empty_stretches(&pieces);
                found.extend(empty.map(|stretch| of_stretch(division, &stretch, &pieces)));
            }
        }
        found
    }

    /// The parts of a division by values. Small ones are pooled where one of them is as likely to
    /// be another scheme as any other.
    pub(super) fn numbered_parts(
        &self,
        table: &CandidateTable<'c>,
        division: usize,
    ) -> Vec<NumberedPart> {
        let parts = table.parts(division);
        if parts.len() < 2 {
            return Vec::new();
        }
        let mut all = PartSum::default();
        parts.iter().for_each(|(_, sum)| all.add(sum));
        let ln_most = self.ln_share(self.weight(division));
        let judged = |numbers: Vec<u16>, sum: PartSum| {
            let split = split(&sum, &all);
            NumberedPart {
                numbers,
                standing: standing(&sum, &split, ln_most),
                sum,
                split,
            }
        };
        let mut parts: Vec<NumberedPart> = parts
            .into_iter()
            .map(|(number, sum)| judged(vec![number], sum))
            .collect();
        let is_small = |part: &NumberedPart| {
            part.standing == PartStanding::Untestable && part.numbers[0] > OTHER
        };
        let small = parts.iter().filter(|part| is_small(part));
        let (numbers, sum) = small.fold(
            (Vec::new(), PartSum::default()),
            |(mut numbers, mut pooled), part| {
                numbers.extend(&part.numbers);
                pooled.add(&part.sum);
                (numbers, pooled)
            },
        );
        if numbers.len() > 1 {
            let pool = judged(numbers, sum);
            // A pool with hits proves nothing where each value may be a scheme of its own.
            if pool.standing == PartStanding::Empty || !self.speaks(division) {
                parts.retain(|part| !is_small(part));
                parts.push(pool);
            }
        }
        parts
    }

    /// The stretches of an order that are empty.
    pub(super) fn empty_stretches(
        &self,
        pieces: &[OrderPiece],
    ) -> impl Iterator<Item = HitlessStretch> {
        let found = stretches(pieces, is_few);
        found
            .into_iter()
            .filter(|stretch| stretch.ln_chance < self.ln_share(stretch_weight(stretch.place)))
    }

    /// Whether an order has so many hits that a third of its rows without any would be told.
    pub(super) fn is_order_testable(&self, pieces: &[OrderPiece]) -> bool {
        let mut all = PartSum::default();
        pieces.iter().for_each(|piece| all.add(&piece.sum));
        let third = Split {
            rows: all.rows / 3.0,
            hits: 0.0,
            rest_rows: all.rows * 2.0 / 3.0,
            rest_hits: all.weighed * 2.0 / 3.0,
        };
        pieces.len() > 1 && third.ln_chance() < self.ln_share(1.0)
    }

    /// What the rows with these numbers have in common.
    pub(super) fn describe(&self, division: usize, numbers: &[u16]) -> PartIs {
        let Some(counts) = self.counts.dividers.get(division) else {
            let spelt = numbers
                .first()
                .and_then(|number| Spelt::ALL.get(usize::from(*number)));
            return PartIs::Spelt(spelt.copied().unwrap_or(Spelt::Lower));
        };
        match numbers {
            [OTHER] => PartIs::Present,
            numbers => PartIs::Values(
                numbers
                    .iter()
                    .filter_map(|number| value(&counts.values, *number))
                    .collect(),
            ),
        }
    }

    /// The logarithm of the chance that a test of that weight gets.
    fn ln_share(&self, weight: f64) -> f64 {
        self.shares.ln_each + weight.ln()
    }

    /// The weight of the test of one part of a division. Where a scheme's name is likely to stand,
    /// another scheme is likely to be found.
    fn weight(&self, division: usize) -> f64 {
        match self.counts.dividers.get(division) {
            Some(_) if self.speaks(division) => 4.0,
            None => 2.0,
            Some(_) => 1.0,
        }
    }

    /// Shares the chance out among the tests that can find anything at all: a part that is so small
    /// that not even no hit would be unlikely takes no share (R. Tarone, 1990).
    fn share_out(&self, table: &CandidateTable<'c>) -> Shares {
        let mut tests: Vec<(f64, f64)> = Vec::new();
        for division in 0..table.divisions() {
            let weight = self.weight(division);
            let parts = table.parts(division);
            if parts.len() > 1 {
                let mut all = PartSum::default();
                parts.iter().for_each(|(_, sum)| all.add(sum));
                for (_, sum) in &parts {
                    // All hits may be in the rest; that is the least chance that its size allows.
                    let least = Split {
                        rows: sum.rows,
                        hits: 0.0,
                        rest_rows: all.rows - sum.rows,
                        rest_hits: all.weighed,
                    };
                    tests.push((weight, least.ln_chance()));
                }
                if parts.len() > 2 {
                    tests.push((weight, f64::NEG_INFINITY));
                }
            }
            if self.has_order(division) {
                let places = [
                    StretchPlace::End,
                    StretchPlace::Beginning,
                    StretchPlace::Between,
                ];
                tests.extend(places.map(|place| (stretch_weight(place), f64::NEG_INFINITY)));
            }
        }
        let all: f64 = tests.iter().map(|(weight, _)| weight).sum();
        let taken = |of: f64| -> f64 {
            let can = tests
                .iter()
                .filter(|(weight, least)| *least <= ALPHA.ln() + weight.ln() - of.ln());
            can.map(|(weight, _)| weight).sum()
        };
        let mut of = 1.0;
        while of < all && taken(of) > of {
            of += 1.0;
        }
        Shares {
            ln_each: ALPHA.ln() - of.ln(),
        }
    }
}

/// What is known of a part by itself.
fn standing(sum: &PartSum, split: &Split, ln_most: f64) -> PartStanding {
    if is_few(split) && split.ln_chance() < ln_most {
        PartStanding::Empty
    } else if sum.hits.round() as u64 >= HITS_MIN && u64::from(sum.words) >= WORDS_MIN {
        PartStanding::Proven
    } else {
        PartStanding::Untestable
    }
}

/// Whether a part has so few of its hits that it may be called empty. A part with as many hits as
/// all other rows together proves as much as they do: the first three accounts of a table may have
/// common passwords, and say nothing of the others' rate.
fn is_few(split: &Split) -> bool {
    split.rest_hits >= REST_HITS_MIN
        && split.hits <= (split.expected() * EMPTY_SHARE).max(HANDFUL)
        && (split.hits == 0.0 || split.hits < split.rest_hits)
}

/// A scheme that is new begins one day, so the end of an order is the likeliest place.
fn stretch_weight(place: StretchPlace) -> f64 {
    match place {
        StretchPlace::End => 2.0,
        StretchPlace::Beginning | StretchPlace::Between => 1.0,
    }
}

fn split(sum: &PartSum, all: &PartSum) -> Split {
    Split {
        rows: sum.rows,
        hits: sum.hits,
        rest_rows: (all.rows - sum.rows).max(0.0),
        rest_hits: (all.weighed - sum.weighed).max(0.0),
    }
}

fn value(values: &Values, number: u16) -> Option<PartValue> {
    match number {
        NULL => Some(PartValue::Null),
        BLANK => Some(PartValue::Blank),
        number => values.value(number).cloned(),
    }
}

/// A stretch as a part. What comes behind the last row, or before the first, belongs to it too.
fn of_stretch(division: usize, stretch: &HitlessStretch, pieces: &[OrderPiece]) -> FoundPart {
    let starts = pieces
        .first()
        .is_some_and(|piece| piece.from == stretch.from);
    let ends = pieces.last().is_some_and(|piece| piece.to == stretch.to);
    let from = (!starts).then_some(stretch.from);
    let to = (!ends).then_some(stretch.to);
    FoundPart {
        division,
        is: PartIs::Range { from, to },
        rows: PartRows::Between {
            order: division,
            from: from.unwrap_or(i64::MIN),
            to: to.unwrap_or(i64::MAX),
        },
        split: stretch.split,
        ln_chance: stretch.ln_chance,
    }
}
