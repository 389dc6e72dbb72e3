//! The stretches of an order that have none of their hits: at its end, at its beginning, between.

use super::chance::Split;
use super::table::{OrderPiece, PartSum};

/// A stretch of an order.
#[derive(Clone, Copy, Debug)]
pub(super) struct HitlessStretch {
    /// Where it is.
    pub(super) place: StretchPlace,
    /// Its first value, and its last.
    pub(super) from: i64,
    pub(super) to: i64,
    /// Its rows and hits, and those of the rest of the order.
    pub(super) split: Split,
    /// The logarithm of the chance of such a stretch anywhere at its kind of place.
    pub(super) ln_chance: f64,
}

/// Where in its order a stretch is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum StretchPlace {
    /// Up to the last value: a scheme that began one day.
    End,
    /// From the first value on: a scheme that ended one day.
    Beginning,
    /// Between two hits.
    Between,
}

/// A stretch between others is looked at with at most so many hits in it.
const HITS_BETWEEN_MAX: f64 = 8.0;

/// The most unlikely stretch of each place. `is_few` says whether hits are so few that a part may
/// be called empty.
pub(super) fn stretches(
    pieces: &[OrderPiece],
    is_few: impl Fn(&Split) -> bool,
) -> Vec<HitlessStretch> {
    let mut all = PartSum::default();
    pieces.iter().for_each(|piece| all.add(&piece.sum));
    let mut best: Vec<HitlessStretch> = Vec::new();
    let mut offer = |place: StretchPlace, within: &[OrderPiece], sum: RunningSum| {
        let split = sum.split(&all);
        if !is_few(&split) {
            return;
        }
        // Each number of hits is a stretch of its own, and gets half of what the one before it had.
        let halves = (split.hits + 1.0) * std::f64::consts::LN_2;
        let places = match place {
            StretchPlace::End | StretchPlace::Beginning => 0.0,
            StretchPlace::Between => (all.hits + 1.0).ln(),
        };
        let extra = halves + places;
        let known = best.iter().position(|known| known.place == place);
        let least = known.map_or(0.0, |at| best[at].ln_chance);
        if split.ln_chance_of_none() + extra >= least {
            return;
        }
        let (Some(first), Some(last)) = (within.first(), within.last()) else {
            return;
        };
        let found = HitlessStretch {
            place,
            from: first.from,
            to: last.to,
            split,
            ln_chance: split.ln_chance() + extra,
        };
        match known {
            Some(at) if found.ln_chance < least => best[at] = found,
            Some(_) => {}
            None if found.ln_chance < 0.0 => best.push(found),
            None => {}
        }
    };
    let has_hit = |at: usize| pieces[at].sum.hits >= 0.5;
    let count = pieces.len();
    let mut sum = RunningSum::default();
    for at in (1..count).rev() {
        sum.add(&pieces[at].sum);
        if has_hit(at - 1) {
            offer(StretchPlace::End, &pieces[at..], sum);
        }
    }
    let mut sum = RunningSum::default();
    for at in 0..count.saturating_sub(1) {
        sum.add(&pieces[at].sum);
        if has_hit(at + 1) {
            offer(StretchPlace::Beginning, &pieces[..=at], sum);
        }
    }
    for start in (1..count).filter(|at| has_hit(at - 1)) {
        let mut sum = RunningSum::default();
        for end in start..count - 1 {
            sum.add(&pieces[end].sum);
            if sum.hits > HITS_BETWEEN_MAX {
                break;
            }
            if has_hit(end + 1) {
                offer(StretchPlace::Between, &pieces[start..=end], sum);
            }
        }
    }
    best
}

/// What a stretch has.
#[derive(Clone, Copy, Default)]
struct RunningSum {
    rows: f64,
    hits: f64,
    weighed: f64,
}

impl RunningSum {
    fn add(&mut self, piece: &PartSum) {
        self.rows += piece.rows;
        self.hits += piece.hits;
        self.weighed += piece.weighed;
    }

    fn split(&self, all: &PartSum) -> Split {
        Split {
            rows: self.rows,
            hits: self.hits,
            rest_rows: (all.rows - self.rows).max(0.0),
            rest_hits: (all.weighed - self.weighed).max(0.0),
        }
    }
}
