//! Fingerprints laid out for hundreds of millions of look-ups.

use super::fingerprint::Fingerprint;

/// A set of fingerprints, of at most 26 bytes each: 16 for itself, the rest for the layout.
///
/// Digests are spread evenly, so the first bits of one say nearly where it stands. A filter of one
/// bit for each value of other bits ends most look-ups that find nothing, before they read a
/// fingerprint.
#[derive(Clone, Default)]
pub struct Fingerprints {
    sorted: Vec<u128>,
    /// The first fingerprint. Buckets count from it.
    low: u128,
    /// A distance from `low`, shifted right by this, is the number of a bucket.
    shift: u32,
    /// Where each bucket begins, and where the last one ends.
    starts: Vec<u32>,
    maybe: Vec<u64>,
}

/// The most fingerprints in one set. A gathering cuts more into several passes.
const COUNT_MAX: usize = u32::MAX as usize;
/// Eight filter bits for each fingerprint: one failing look-up in eight goes on to the bucket.
const FILTER_BITS_EACH: usize = 8;

impl Fingerprints {
    /// Lays out fingerprints, in any order and with repetitions.
    ///
    /// # Panics
    /// If there are more than 2^32, which no gathering hands over.
    pub fn new(fingerprints: Vec<Fingerprint>) -> Self {
        Self::of_bits(
            fingerprints
                .into_iter()
                .map(|fingerprint| fingerprint.0)
                .collect(),
        )
    }

    pub(super) fn of_bits(mut sorted: Vec<u128>) -> Self {
        sorted.sort_unstable();
        sorted.dedup();
        assert!(
            sorted.len() < COUNT_MAX,
            "more fingerprints than are gathered"
        );
        let (Some(&low), Some(&high)) = (sorted.first(), sorted.last()) else {
            return Self::default();
        };
        let buckets = sorted.len().next_power_of_two();
        let width = 128 - (high - low).leading_zeros();
        let shift = width.saturating_sub(buckets.trailing_zeros());
        let mut starts = vec![0_u32; bucket(high, low, shift) + 2];
        let mut maybe = vec![
            0_u64;
            (sorted.len() * FILTER_BITS_EACH)
                .next_power_of_two()
                .max(64)
                / 64
        ];
        for fingerprint in &sorted {
            starts[bucket(*fingerprint, low, shift) + 1] += 1;
            let (place, bit) = filter_bit(*fingerprint, maybe.len());
            maybe[place] |= bit;
        }
        let mut before = 0;
        for start in &mut starts {
            before += *start;
            *start = before;
        }
        Self {
            sorted,
            low,
            shift,
            starts,
            maybe,
        }
    }

    /// How many fingerprints there are.
    pub fn len(&self) -> usize {
        self.sorted.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.sorted.is_empty()
    }

    /// Whether the fingerprint is in the set.
    pub fn contains(&self, fingerprint: Fingerprint) -> bool {
        self.find(fingerprint.0).is_some()
    }

    /// The fingerprint's place in the order.
    pub(super) fn find(&self, fingerprint: u128) -> Option<usize> {
        if self.maybe.is_empty() {
            return None;
        }
        let (place, bit) = filter_bit(fingerprint, self.maybe.len());
        if self.maybe[place] & bit == 0 || fingerprint < self.low {
            return None;
        }
        let bucket = bucket(fingerprint, self.low, self.shift);
        let (from, to) = (
            *self.starts.get(bucket)? as usize,
            *self.starts.get(bucket + 1)? as usize,
        );
        // A bucket usually holds one or two. A search by halves is fast even in one made to hold
        // many.
        let found = self.sorted[from..to].binary_search(&fingerprint).ok()?;
        Some(from + found)
    }

    /// The fingerprints in their order.
    pub(super) fn sorted(&self) -> &[u128] {
        &self.sorted
    }
}

/// Blind: it holds digests.
impl std::fmt::Debug for Fingerprints {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Fingerprints({})", self.len())
    }
}

fn bucket(fingerprint: u128, low: u128, shift: u32) -> usize {
    // A single fingerprint has the distance 0. A shift by 128 bits leaves nothing.
    (fingerprint - low).checked_shr(shift).map_or(0, |bucket| {
        usize::try_from(bucket).unwrap_or(usize::MAX - 1)
    })
}

/// The filter's word, and the bit in it, that stand for a fingerprint. They come from bits that
/// decide on no bucket. The last bit is left out, because it belongs to no digest.
fn filter_bit(fingerprint: u128, words: usize) -> (usize, u64) {
    let bits = (fingerprint >> 1) as usize;
    ((bits >> 6) & (words - 1), 1 << (bits & 63))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spread(n: u64) -> u128 {
        let half = |n: u64| u128::from(n.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ n.rotate_left(31));
        half(n) << 64 | half(n ^ 0xdead_beef)
    }

    fn check(fingerprints: &[u128]) {
        let set = Fingerprints::of_bits(fingerprints.to_vec());
        let mut naive = fingerprints.to_vec();
        naive.sort_unstable();
        naive.dedup();
        assert_eq!(set.sorted(), naive);
        for fingerprint in fingerprints {
            for near in [
                *fingerprint,
                fingerprint.wrapping_add(2),
                fingerprint.wrapping_sub(2),
                fingerprint ^ (1 << 127),
                !fingerprint,
                0,
                u128::MAX,
            ] {
                assert_eq!(set.find(near), naive.binary_search(&near).ok(), "{near:x}");
            }
        }
    }

    #[test]
    fn every_finger_is_found_and_no_other() {
        check(&[]);
        check(&[7]);
        check(&[0, u128::MAX]);
        check(&[5, 5, 5]);
        check(&(0..3_000).map(spread).collect::<Vec<_>>());
    }

    #[test]
    fn fingers_that_were_made_to_stand_together_are_found_too() {
        check(&(0..500).map(|n| n * 2).collect::<Vec<_>>());
        check(
            &(0..500)
                .map(|n| if n == 0 { 0 } else { u128::MAX - n })
                .collect::<Vec<_>>(),
        );
    }
}
