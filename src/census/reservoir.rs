//! A random sample of a stream of unknown length, in bounded memory.

/// A fixed number of a stream's elements, each as likely as any other.
#[derive(Clone, Debug)]
pub struct Reservoir<T> {
    kept: Vec<T>,
    places: Places,
}

impl<T> Reservoir<T> {
    /// An empty sample of at most `size` elements.
    pub fn new(size: usize, seed: u64) -> Self {
        Self {
            kept: Vec::new(),
            places: Places::new(size, seed),
        }
    }

    /// Offers the next element of the stream. It is made only if it is taken.
    ///
    /// # Errors
    /// The error of making it.
    pub fn offer<E>(&mut self, make: impl FnOnce() -> Result<T, E>) -> Result<(), E> {
        match self.places.next() {
            None => {}
            Some(place) if place == self.kept.len() => self.kept.push(make()?),
            Some(place) => self.kept[place] = make()?,
        }
        Ok(())
    }

    /// How many elements were offered.
    pub fn seen(&self) -> u64 {
        self.places.seen
    }

    /// The sample.
    pub fn into_sample(self) -> Vec<T> {
        self.kept
    }
}

/// Which elements of a stream a random sample keeps, and where.
///
/// This is "algorithm L" of K.-H. Li (1994): between two elements that are taken, a row costs one
/// comparison.
#[derive(Clone, Debug)]
pub(super) struct Places {
    size: usize,
    pub(super) seen: u64,
    /// The number of the next element to take once the sample is full, counted from 1.
    next: u64,
    weight: f64,
    random: u64,
}

impl Places {
    pub(super) fn new(size: usize, seed: u64) -> Self {
        Self {
            size,
            seen: 0,
            next: 0,
            weight: 1.0,
            random: seed,
        }
    }

    /// The place of the next element; none if it is not taken. While the sample grows, the places
    /// are those from 0 on.
    pub(super) fn next(&mut self) -> Option<usize> {
        self.seen += 1;
        if self.seen <= self.size as u64 {
            if self.seen == self.size as u64 {
                self.next = self.seen;
                self.skip();
            }
            return Some(self.seen as usize - 1);
        }
        if self.seen != self.next {
            return None;
        }
        let place = (self.uniform() * self.size as f64) as usize;
        self.skip();
        (place < self.size).then_some(place)
    }

    fn skip(&mut self) {
        self.weight *= (self.uniform().ln() / self.size as f64).exp();
        let gap = (self.uniform().ln() / (-self.weight).ln_1p()).floor();
        // The cast stops at the largest number. No stream gets that far.
        self.next = self.next.saturating_add(gap as u64).saturating_add(1);
    }

    /// A number above 0 and below 1 (splitmix64, S. Vigna).
    fn uniform(&mut self) -> f64 {
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.random;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^= bits >> 31;
        ((bits >> 12) as f64 + 0.5) / (1_u64 << 52) as f64
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;

    fn sample(size: usize, seed: u64, of: u64) -> Vec<u64> {
        let mut reservoir = Reservoir::new(size, seed);
        for number in 0..of {
            let Ok(()) = reservoir.offer(|| Ok::<_, Infallible>(number));
        }
        assert_eq!(reservoir.seen(), of);
        reservoir.into_sample()
    }

    #[test]
    fn a_short_stream_is_kept_whole() {
        assert_eq!(sample(10, 1, 7), (0..7).collect::<Vec<_>>());
        assert_eq!(sample(10, 1, 10), (0..10).collect::<Vec<_>>());
        assert!(sample(0, 1, 10).is_empty());
    }

    #[test]
    fn every_part_of_a_long_stream_is_as_likely() {
        let mut tenths = [0_u32; 10];
        for seed in 0..100 {
            let mut kept = sample(100, seed, 10_000);
            for number in &kept {
                tenths[*number as usize / 1_000] += 1;
            }
            kept.sort_unstable();
            kept.dedup();
            assert_eq!(kept.len(), 100);
        }
        // A thousand are expected in each, with a standard deviation of thirty.
        assert!(
            tenths.iter().all(|kept| (850..1_150).contains(kept)),
            "{tenths:?}"
        );
    }
}
