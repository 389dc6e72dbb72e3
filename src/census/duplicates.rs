//! How many values stand in more than one row: exact within 2 MiB of memory, estimated beyond.
//!
//! Unsalted hashes of people's passwords repeat, and salted ones don't. So duplicates are evidence,
//! and they say how many accounts one cracked hash opens.

/// How many rows hold a value that another row holds too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Duplicates {
    /// Different values.
    pub distinct: u64,
    /// Rows whose value occurs more than once.
    pub rows: u64,
    /// Whether the numbers are exact; otherwise they are estimates.
    pub exact: bool,
}

/// A sample of the values by a keyed hash of 64 bits: "adaptive sampling", P. Flajolet (1990).
///
/// It keeps the hashes that end in `level` zero bits. When the table is full, the level rises and
/// half of the hashes go. A kept value is counted from its first row on. So the number of values
/// that occur once is known for the sample, and from it the number for the column.
#[derive(Clone)]
pub(super) struct Sample {
    keys: [u64; 2],
    slots: Vec<SampleSlot>,
    used: usize,
    level: u32,
    /// Rows that wait to be counted. A look into two megabytes waits for memory, and many such
    /// looks at once wait no longer than one.
    waiting: Vec<SampleSlot>,
}

/// So many rows wait at the most.
const WAITING_MAX: usize = 64;

#[derive(Clone, Copy, Default)]
struct SampleSlot {
    /// 0 marks a free slot.
    hash: u64,
    rows: u32,
    line: u32,
}

const SLOTS_MIN: usize = 1 << 10;
/// 16 bytes each: 2 MiB, which fit into a processor's cache. At least some 49,000 values are then
/// kept. The standard error of an estimate is then half a per cent.
const SLOTS_MAX: usize = 1 << 17;

impl Sample {
    pub(super) fn new(keys: [u64; 2]) -> Self {
        Self {
            keys,
            slots: vec![SampleSlot::default(); SLOTS_MIN],
            used: 0,
            level: 0,
            waiting: Vec::with_capacity(WAITING_MAX),
        }
    }

    /// Counts one row of that line.
    pub(super) fn observe(&mut self, value: &[u8], line: u32) {
        let hash = keyed_hash(value, self.keys);
        if hash & self.mask() != 0 {
            return;
        }
        self.waiting.push(SampleSlot {
            hash,
            rows: 1,
            line,
        });
        if self.waiting.len() >= WAITING_MAX {
            self.settle();
        }
    }

    /// Counts the rows that wait. Before it nothing can be asked.
    pub(super) fn settle(&mut self) {
        let mut waiting = std::mem::take(&mut self.waiting);
        // None of these looks needs the answer of another, so the processor makes them at once.
        let last = self.slots.len() - 1;
        let looked = waiting.iter().fold(0, |seen, row| {
            seen ^ self.slots[(row.hash >> 32) as usize & last].hash
        });
        std::hint::black_box(looked);
        for row in waiting.drain(..) {
            self.add(row);
        }
        self.waiting = waiting;
    }

    /// Adds the rows of another sample. `line` gives the number here of a line of the other.
    pub(super) fn merge(&mut self, other: &Self, line: impl Fn(u32) -> u32) {
        self.rise_to(other.level);
        self.settle();
        let theirs = other.slots.iter().chain(&other.waiting);
        for slot in theirs.filter(|slot| slot.hash != 0) {
            self.add(SampleSlot {
                line: line(slot.line),
                ..*slot
            });
        }
    }

    /// The numbers for one line of which `rows` rows were observed.
    pub(super) fn of_line(&self, line: u32, rows: u64) -> Duplicates {
        debug_assert!(self.waiting.is_empty(), "rows wait to be counted");
        let kept = self
            .slots
            .iter()
            .filter(|slot| slot.hash != 0 && slot.line == line);
        let (mut distinct, mut single) = (0, 0);
        for slot in kept {
            distinct += 1;
            single += u64::from(slot.rows == 1);
        }
        let scale = |count: u64| (count << self.level).min(rows);
        Duplicates {
            distinct: scale(distinct),
            rows: rows - scale(single),
            exact: self.level == 0,
        }
    }

    fn add(&mut self, new: SampleSlot) {
        if new.hash & self.mask() != 0 {
            return;
        }
        if self.used * 4 >= self.slots.len() * 3 {
            self.make_room();
            if new.hash & self.mask() != 0 {
                return;
            }
        }
        let place = self.place(new.hash);
        let slot = &mut self.slots[place];
        if slot.hash == 0 {
            *slot = new;
            self.used += 1;
        } else {
            slot.rows = slot.rows.saturating_add(new.rows);
        }
    }

    /// The slot of that hash, or the free slot where it belongs.
    fn place(&self, hash: u64) -> usize {
        let last = self.slots.len() - 1;
        // The low bits decide on the sample, so the high bits decide on the place.
        let mut at = (hash >> 32) as usize & last;
        while self.slots[at].hash != 0 && self.slots[at].hash != hash {
            at = (at + 1) & last;
        }
        at
    }

    fn make_room(&mut self) {
        if self.slots.len() < SLOTS_MAX {
            let twice = self.slots.len() * 2;
            self.rebuild(twice);
        } else {
            self.rise_to(self.level + 1);
        }
    }

    fn rise_to(&mut self, level: u32) {
        if level > self.level {
            self.level = level;
            self.rebuild(self.slots.len());
        }
    }

    fn rebuild(&mut self, len: usize) {
        let old = std::mem::replace(&mut self.slots, vec![SampleSlot::default(); len]);
        self.used = 0;
        for slot in old {
            if slot.hash != 0 && slot.hash & self.mask() == 0 {
                let place = self.place(slot.hash);
                self.slots[place] = slot;
                self.used += 1;
            }
        }
    }

    fn mask(&self) -> u64 {
        (1 << self.level) - 1
    }
}

/// A hash of 64 bits under a key, never 0. It multiplies and folds, as wyhash does.
///
/// It only has to spread the values: nobody who could aim at it knows the key.
pub(super) fn keyed_hash(value: &[u8], keys: [u64; 2]) -> u64 {
    let fold = |a: u64, b: u64| {
        let product = u128::from(a) * u128::from(b);
        (product as u64) ^ ((product >> 64) as u64)
    };
    // Odd numbers with half of their bits set, taken from wyhash.
    const SPREAD: [u64; 2] = [0xa076_1d64_78bd_642f, 0xe703_7ed1_a0b4_28db];
    let mut hash = fold(keys[0] ^ value.len() as u64, SPREAD[0]);
    for chunk in value.chunks(8) {
        let mut word = [0; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        hash = fold(
            hash ^ u64::from_le_bytes(word) ^ keys[1],
            SPREAD[1] ^ keys[0].rotate_left(17),
        );
    }
    fold(hash ^ keys[1], SPREAD[0]).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEYS: [u64; 2] = [0x0123_4567_89ab_cdef, 0xfedc_ba98_7654_3210];

    fn sample(values: impl IntoIterator<Item = u64>) -> (Sample, u64) {
        let mut sample = Sample::new(KEYS);
        let mut rows = 0;
        for value in values {
            sample.observe(format!("value {value}").as_bytes(), 0);
            rows += 1;
        }
        sample.settle();
        (sample, rows)
    }

    fn check_near(estimate: u64, truth: u64) {
        let off = estimate.abs_diff(truth) as f64 / truth as f64;
        assert!(off < 0.02, "{estimate} for {truth}");
    }

    #[test]
    fn few_values_are_counted_exactly() {
        let (sample, rows) = sample((0..1_000).chain(0..500).chain(0..1));
        assert_eq!(
            sample.of_line(0, rows),
            Duplicates {
                distinct: 1_000,
                rows: 1_001,
                exact: true
            }
        );
    }

    #[test]
    fn many_values_are_estimated_within_two_per_cent_in_bounded_memory() {
        let (sample, rows) = sample((0..1_000_000).chain(0..200_000));
        assert!(sample.slots.len() <= SLOTS_MAX);
        let found = sample.of_line(0, rows);
        assert!(!found.exact);
        check_near(found.distinct, 1_000_000);
        check_near(found.rows, 400_000);
    }

    #[test]
    fn merged_samples_count_as_one() {
        let (mut left, _) = sample(0..1_000);
        let (right, _) = sample(500..1_500);
        left.merge(&right, |line| line);
        assert_eq!(
            left.of_line(0, 2_000),
            Duplicates {
                distinct: 1_500,
                rows: 1_000,
                exact: true
            }
        );
    }

    #[test]
    fn lines_are_told_apart() {
        let mut sample = Sample::new(KEYS);
        for (value, line) in [("a", 0), ("a", 0), ("b", 1)] {
            sample.observe(value.as_bytes(), line);
        }
        sample.settle();
        assert_eq!(
            sample.of_line(0, 2),
            Duplicates {
                distinct: 1,
                rows: 2,
                exact: true
            }
        );
        assert_eq!(
            sample.of_line(1, 1),
            Duplicates {
                distinct: 1,
                rows: 0,
                exact: true
            }
        );
    }
}
