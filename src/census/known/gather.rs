//! Gathers the fingerprints of a column in bounded memory. What does not fit waits for another pass
//! over the rows.

use super::fingerprint::Fingerprint;
use super::fingerprints::Fingerprints;

/// A gathering under way: of one range of fingerprints.
pub struct Gather {
    low: u128,
    /// The first fingerprint that waits for another pass; none while all fit.
    high: Option<u128>,
    fingerprints: Vec<u128>,
    count_max: usize,
}

/// The result of one pass.
pub struct Gathered {
    /// The fingerprints of the range, laid out for look-ups.
    pub fingerprints: Fingerprints,
    /// The gathering of the rest; none where nothing is left.
    pub next: Option<Gather>,
}

impl Gather {
    /// Begins at the first fingerprint, with at most `count_max` at once.
    pub fn new(count_max: usize) -> Self {
        Self::from(0, count_max.max(2))
    }

    fn from(low: u128, count_max: usize) -> Self {
        Self {
            low,
            high: None,
            fingerprints: Vec::new(),
            count_max,
        }
    }

    /// Takes a row's fingerprint, if it lies in the range.
    pub fn offer(&mut self, Fingerprint(fingerprint): Fingerprint) {
        if self.is_outside(fingerprint) {
            return;
        }
        if self.fingerprints.len() == self.count_max {
            self.make_room();
            if self.is_outside(fingerprint) {
                return;
            }
        }
        self.fingerprints.push(fingerprint);
    }

    /// Ends the pass.
    pub fn finish(self) -> Gathered {
        Gathered {
            next: self.high.map(|high| Self::from(high, self.count_max)),
            fingerprints: Fingerprints::of_bits(self.fingerprints),
        }
    }

    fn is_outside(&self, fingerprint: u128) -> bool {
        fingerprint < self.low || self.high.is_some_and(|high| fingerprint >= high)
    }

    /// Drops repetitions. If that is not enough, the upper half of the range waits for the next
    /// pass.
    fn make_room(&mut self) {
        self.fingerprints.sort_unstable();
        self.fingerprints.dedup();
        let half = self.count_max / 2;
        if self.fingerprints.len() > half {
            self.high = Some(self.fingerprints[half]);
            self.fingerprints.truncate(half);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(fingerprints: &[u128], count_max: usize) -> usize {
        let mut all = Vec::new();
        let mut passes = 0;
        let mut next = Some(Gather::new(count_max));
        while let Some(mut gather) = next {
            for fingerprint in fingerprints {
                gather.offer(Fingerprint(*fingerprint));
            }
            assert!(gather.fingerprints.capacity() <= count_max.next_power_of_two().max(4));
            let gathered = gather.finish();
            assert!(all.last() < gathered.fingerprints.sorted().first() || all.is_empty());
            all.extend_from_slice(gathered.fingerprints.sorted());
            next = gathered.next;
            passes += 1;
        }
        let mut naive = fingerprints.to_vec();
        naive.sort_unstable();
        naive.dedup();
        assert_eq!(all, naive);
        passes
    }

    #[test]
    fn several_passes_gather_what_one_does() {
        let fingerprints: Vec<u128> = (0..1_000_u128).map(|n| n * n * n % 7_919).collect();
        assert_eq!(check(&fingerprints, 5_000), 1);
        for count_max in [2, 3, 10, 100, 999] {
            assert!(check(&fingerprints, count_max) > 1);
        }
    }

    #[test]
    fn a_finger_that_every_row_has_takes_no_room() {
        assert_eq!(check(&vec![9; 1_000], 4), 1);
    }
}
