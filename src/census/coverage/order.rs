//! Rows and hits along an order, in a bounded number of ranges that follow the values.
//!
//! Up to 4,096 different values are counted each by itself. Beyond that, small neighbours are
//! joined. A range then has about a thousandth of the rows, whatever the values are.
//!
//! Neighbours without a hit are not joined further, though that would keep the longest stretch: a
//! hit that is read later could fall into a range that is half of the column.

use std::mem::take;

/// As many ranges are kept without joining any.
const RANGES_MAX: usize = 4_096;
/// Joined ranges have at most the rows of one of so many parts of the column.
const SHARES: u64 = 1_024;
/// Rows that wait to be sorted in.
const WAITING_MAX: usize = 4_096;

/// Rows and hits along an order. Rows may come in any order.
#[derive(Clone, Default)]
pub(super) struct OrderCounts {
    ranges: Vec<OrderRange>,
    /// By candidate, and then like the ranges. A candidate without a hit takes no memory.
    hits: Vec<Vec<u64>>,
    waiting: Vec<(i64, Option<u8>)>,
    rows: u64,
}

/// The rows from one value to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct OrderRange {
    pub(super) from: i64,
    pub(super) to: i64,
    pub(super) rows: u64,
}

impl OrderCounts {
    /// Counts a row.
    pub(super) fn add(&mut self, value: i64, candidate: Option<u8>) {
        self.waiting.push((value, candidate));
        if self.waiting.len() >= WAITING_MAX {
            self.settle();
        }
    }

    /// Sorts in what waits. Before it nothing can be asked.
    pub(super) fn settle(&mut self) {
        let mut new = take(&mut self.waiting);
        if new.is_empty() {
            return;
        }
        self.rows += new.len() as u64;
        new.sort_unstable_by_key(|(value, _)| *value);
        for (_, candidate) in &new {
            if let Some(candidate) = candidate
                && self.hits.len() <= usize::from(*candidate)
            {
                self.hits.resize(usize::from(*candidate) + 1, Vec::new());
            }
        }
        let old = take(&mut self.ranges);
        let old_hits = take(&mut self.hits);
        self.hits = vec![Vec::new(); old_hits.len()];
        self.ranges.reserve(old.len() + new.len());
        let mut next = 0;
        for (at, range) in old.iter().enumerate() {
            while next < new.len() && new[next].0 < range.from {
                self.put(new[next]);
                next += 1;
            }
            self.ranges.push(*range);
            let place = self.ranges.len() - 1;
            for (candidate, hits) in old_hits.iter().enumerate() {
                if let Some(hits) = hits.get(at).filter(|hits| **hits > 0) {
                    self.hit(candidate, place, *hits);
                }
            }
            while next < new.len() && new[next].0 <= range.to {
                self.put(new[next]);
                next += 1;
            }
        }
        new[next..].iter().for_each(|row| self.put(*row));
        if self.ranges.len() > RANGES_MAX {
            self.join();
        }
        new.clear();
        self.waiting = new;
    }

    /// The ranges in their order, each with the hits of a candidate.
    pub(super) fn ranges(&self, candidate: u8) -> impl Iterator<Item = (OrderRange, u64)> {
        let hits = self.hits.get(usize::from(candidate));
        self.ranges.iter().enumerate().map(move |(at, range)| {
            let of = hits.and_then(|hits| hits.get(at));
            (*range, of.copied().unwrap_or(0))
        })
    }

    /// Adds a row to the last range, or behind it.
    fn put(&mut self, (value, candidate): (i64, Option<u8>)) {
        match self.ranges.last_mut() {
            Some(last) if value <= last.to => last.rows += 1,
            _ => self.ranges.push(OrderRange {
                from: value,
                to: value,
                rows: 1,
            }),
        }
        if let Some(candidate) = candidate {
            let place = self.ranges.len() - 1;
            self.hit(usize::from(candidate), place, 1);
        }
    }

    fn hit(&mut self, candidate: usize, place: usize, hits: u64) {
        let of = &mut self.hits[candidate];
        if of.len() <= place {
            of.resize(place + 1, 0);
        }
        of[place] += hits;
    }

    fn join(&mut self) {
        let most = self.rows / SHARES;
        let mut kept = 0;
        for at in 1..self.ranges.len() {
            let two = self.ranges[at];
            let one = &mut self.ranges[kept];
            let joins = one.rows + two.rows <= most;
            if joins {
                one.to = two.to;
                one.rows += two.rows;
            } else {
                kept += 1;
                self.ranges[kept] = two;
            }
            for hits in &mut self.hits {
                let Some(more) = hits.get(at).copied() else {
                    continue;
                };
                if joins {
                    hits[kept] += more;
                } else {
                    hits[kept] = more;
                }
                if kept != at {
                    hits[at] = 0;
                }
            }
        }
        self.ranges.truncate(kept + 1);
        for hits in &mut self.hits {
            hits.truncate(kept + 1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(rows: impl IntoIterator<Item = (i64, bool)>) -> OrderCounts {
        let mut counts = OrderCounts::default();
        for (value, hit) in rows {
            counts.add(value, hit.then_some(1));
        }
        counts.settle();
        counts
    }

    fn sums(counts: &OrderCounts) -> (u64, u64) {
        counts.ranges(1).fold((0, 0), |(rows, hits), (range, of)| {
            (rows + range.rows, hits + of)
        })
    }

    #[test]
    fn few_values_are_counted_each_by_itself() {
        let counts = counts((0..9_000).map(|n| (n % 300, n % 300 == 7)));
        assert_eq!(counts.ranges.len(), 300);
        let (range, hits) = counts.ranges(1).nth(7).expect("the eighth");
        assert_eq!((range.from, range.to, range.rows, hits), (7, 7, 30, 30));
        assert_eq!(sums(&counts), (9_000, 30));
    }

    #[test]
    fn many_values_in_any_order_are_counted_in_few_ranges_that_hold_them_all() {
        let n = 200_003;
        // 77,777 and n have no common divisor, so every value comes once.
        let counts = counts((0..n).map(|at| at * 77_777 % n).map(|v| (v, v % 9 == 0)));
        assert!(counts.ranges.len() <= RANGES_MAX, "{}", counts.ranges.len());
        assert_eq!(sums(&counts), (200_003, 22_223));
        let most = counts.ranges(1).map(|(range, _)| range.rows).max();
        assert!(most < Some(1_000), "{most:?}");
        let is_sorted = counts.ranges.windows(2).all(|two| two[0].to < two[1].from);
        assert!(is_sorted);
        assert_eq!(counts.ranges(0).map(|(_, hits)| hits).sum::<u64>(), 0);
    }

    #[test]
    fn a_long_stretch_without_hits_stays_one_in_any_order_of_reading() {
        let n = 100_003;
        let hit = |v: i64| v < 60_000 && v % 8 == 0;
        let counts = counts((0..n).map(|at| at * 77_777 % n).map(|v| (v, hit(v))));
        let tail: u64 = {
            let all: Vec<_> = counts.ranges(1).collect();
            let last = all.iter().rposition(|(_, hits)| *hits > 0).expect("hits");
            all[last + 1..].iter().map(|(range, _)| range.rows).sum()
        };
        assert!((39_500..=40_010).contains(&tail), "{tail}");
    }

    #[test]
    fn values_far_from_all_others_change_nothing() {
        let rows = (0..50_000).map(|v| (1_500_000_000_000 + v * 60_000, v % 10 == 0));
        let counts = counts([(0, false), (i64::MAX, true)].into_iter().chain(rows));
        assert!(counts.ranges.len() > 500, "{}", counts.ranges.len());
        assert_eq!(sums(&counts), (50_002, 5_001));
    }
}
