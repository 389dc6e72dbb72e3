//! The fingers of a column, gathered in bounded memory: what does not fit is left to a further pass over the rows.

use super::finger::Finger;
use super::fingers::Fingers;

/// A gathering under way, of one range of the fingers.
pub struct Gather {
    low: u128,
    /// The first that is left to a further pass; none while there is room for all.
    high: Option<u128>,
    fingers: Vec<u128>,
    count_max: usize,
}

/// What was gathered.
pub struct Gathered {
    /// The fingers of the range, laid out.
    pub fingers: Fingers,
    /// The gathering of what is left; none where nothing is.
    pub next: Option<Gather>,
}

impl Gather {
    /// From the first finger on, at most that many at once.
    pub fn new(count_max: usize) -> Self {
        Self::from(0, count_max.max(2))
    }

    fn from(low: u128, count_max: usize) -> Self {
        Self {
            low,
            high: None,
            fingers: Vec::new(),
            count_max,
        }
    }

    /// Takes a row's finger, if it is of the range.
    pub fn offer(&mut self, Finger(finger): Finger) {
        if self.is_outside(finger) {
            return;
        }
        if self.fingers.len() == self.count_max {
            self.make_room();
            if self.is_outside(finger) {
                return;
            }
        }
        self.fingers.push(finger);
    }

    /// What was gathered in this pass.
    pub fn finish(self) -> Gathered {
        Gathered {
            next: self.high.map(|high| Self::from(high, self.count_max)),
            fingers: Fingers::of_bits(self.fingers),
        }
    }

    fn is_outside(&self, finger: u128) -> bool {
        finger < self.low || self.high.is_some_and(|high| finger >= high)
    }

    /// The same finger many times needs no room; if that is not it, the upper half of the range is left to the next pass.
    fn make_room(&mut self) {
        self.fingers.sort_unstable();
        self.fingers.dedup();
        let half = self.count_max / 2;
        if self.fingers.len() > half {
            self.high = Some(self.fingers[half]);
            self.fingers.truncate(half);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(fingers: &[u128], count_max: usize) -> usize {
        let mut all = Vec::new();
        let mut passes = 0;
        let mut next = Some(Gather::new(count_max));
        while let Some(mut gather) = next {
            for finger in fingers {
                gather.offer(Finger(*finger));
            }
            assert!(gather.fingers.capacity() <= count_max.next_power_of_two().max(4));
            let gathered = gather.finish();
            assert!(all.last() < gathered.fingers.sorted().first() || all.is_empty());
            all.extend_from_slice(gathered.fingers.sorted());
            next = gathered.next;
            passes += 1;
        }
        let mut naive = fingers.to_vec();
        naive.sort_unstable();
        naive.dedup();
        assert_eq!(all, naive);
        passes
    }

    #[test]
    fn several_passes_gather_what_one_does() {
        let fingers: Vec<u128> = (0..1_000_u128).map(|n| n * n * n % 7_919).collect();
        assert_eq!(check(&fingers, 5_000), 1);
        for count_max in [2, 3, 10, 100, 999] {
            assert!(check(&fingers, count_max) > 1);
        }
    }

    #[test]
    fn a_finger_that_every_row_has_takes_no_room() {
        assert_eq!(check(&vec![9; 1_000], 4), 1);
    }
}
