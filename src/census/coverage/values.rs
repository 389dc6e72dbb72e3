//! The values of one dividing column, numbered; and rows and hits, counted by such a number.

use super::divider::DividerValue;
use super::verdict::PartValue;
use crate::census::duplicates::keyed_hash;

/// The number of NULL.
pub(super) const NULL: u16 = 0;
/// The number of the empty text.
pub(super) const BLANK: u16 = 1;
/// The number of everything that is not told apart.
pub(super) const OTHER: u16 = 2;
/// The number of the first value that is told apart.
pub(super) const FIRST: u16 = 3;

/// More values than this are not told apart.
const VALUES_MAX: usize = 256;
/// Nor is a text of more bytes than this. No digest is as short, so none is kept or told.
const BYTES_MAX: usize = 31;
/// Four for each value, so that a look-up rarely goes further than its first slot.
const SLOTS: usize = 4 * VALUES_MAX;

/// Numbers the values of a column, as long as there are few.
#[derive(Clone)]
pub(super) struct Values {
    keys: [u64; 2],
    /// Hashes and numbers; a free slot has the number 0. Empty where values are not told apart.
    slots: Vec<(u64, u16)>,
    known: Vec<PartValue>,
    /// The hash and the number of the last value: rows that follow one another are often alike.
    last: (u64, u16),
}

impl Values {
    /// Values that are told apart.
    pub(super) fn new(keys: [u64; 2]) -> Self {
        Self {
            slots: vec![(0, 0); SLOTS],
            ..Self::unknown(keys)
        }
    }

    /// Values of which only NULL and the empty text are told apart.
    pub(super) fn unknown(keys: [u64; 2]) -> Self {
        Self {
            keys,
            slots: Vec::new(),
            known: Vec::new(),
            last: (0, OTHER),
        }
    }

    /// The number of a value.
    pub(super) fn number(&mut self, value: DividerValue<'_>) -> u16 {
        match value {
            DividerValue::Null => NULL,
            DividerValue::Bytes(b"") => BLANK,
            _ if self.slots.is_empty() => OTHER,
            DividerValue::Bytes(bytes) if bytes.len() <= BYTES_MAX => {
                let hash = keyed_hash(bytes, self.keys);
                self.place(hash, || PartValue::Bytes(bytes.to_vec()))
            }
            DividerValue::Number(number) => {
                let hash = keyed_hash(&number.to_le_bytes(), self.keys);
                self.place(hash, || PartValue::Number(number))
            }
            DividerValue::Bytes(_) | DividerValue::Unread => {
                self.give_up();
                OTHER
            }
        }
    }

    /// The number by which a row is judged: that of a value that is no longer told apart is
    /// [`OTHER`].
    pub(super) fn current(&self, number: u16) -> u16 {
        if self.slots.is_empty() {
            number.min(OTHER)
        } else {
            number
        }
    }

    /// The value of a number from [`FIRST`] on.
    pub(super) fn value(&self, number: u16) -> Option<&PartValue> {
        self.known.get(usize::from(number.checked_sub(FIRST)?))
    }

    /// How many values are told apart; none where there are too many.
    pub(super) fn count(&self) -> usize {
        self.known.len()
    }

    fn place(&mut self, hash: u64, make: impl FnOnce() -> PartValue) -> u16 {
        if self.last.0 == hash {
            return self.last.1;
        }
        let mut at = hash as usize % SLOTS;
        while self.slots[at].1 != 0 && self.slots[at].0 != hash {
            at = (at + 1) % SLOTS;
        }
        if self.slots[at].1 == 0 {
            if self.known.len() == VALUES_MAX {
                self.give_up();
                return OTHER;
            }
            self.slots[at] = (hash, FIRST + self.known.len() as u16);
            self.known.push(make());
        }
        self.last = self.slots[at];
        self.last.1
    }

    /// Tells values apart no longer where there are more than so many.
    pub(super) fn forget_above(&mut self, most: usize) {
        if self.known.len() > most {
            self.give_up();
        }
    }

    fn give_up(&mut self) {
        *self = Self::unknown(self.keys);
    }
}

/// Rows and hits by a small number.
#[derive(Clone, Default)]
pub(super) struct PartTally {
    rows: Vec<u64>,
    /// By candidate, and then like the rows. A candidate without a hit takes no memory.
    hits: Vec<Vec<u64>>,
}

impl PartTally {
    /// Counts a row.
    pub(super) fn add(&mut self, number: u16, candidate: Option<u8>) {
        let number = usize::from(number);
        if self.rows.len() <= number {
            self.rows.resize(number + 1, 0);
        }
        self.rows[number] += 1;
        if let Some(candidate) = candidate {
            let candidate = usize::from(candidate);
            if self.hits.len() <= candidate {
                self.hits.resize(candidate + 1, Vec::new());
            }
            let hits = &mut self.hits[candidate];
            if hits.len() <= number {
                hits.resize(number + 1, 0);
            }
            hits[number] += 1;
        }
    }

    /// Every number with its rows, and with the hits of a candidate.
    pub(super) fn parts(&self, candidate: u8) -> impl Iterator<Item = (u16, u64, u64)> {
        let hits = self.hits.get(usize::from(candidate));
        (0..)
            .zip(&self.rows)
            .filter(|(_, rows)| **rows > 0)
            .map(move |(number, rows)| {
                let of = hits.and_then(|hits| hits.get(usize::from(number)));
                (number, *rows, of.copied().unwrap_or(0))
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEYS: [u64; 2] = [11, 12];

    #[test]
    fn equal_values_have_one_number_and_others_have_another() {
        let mut values = Values::new(KEYS);
        let of = |values: &mut Values, text: &'static str| {
            values.number(DividerValue::Bytes(text.as_bytes()))
        };
        let (one, two) = (of(&mut values, "one"), of(&mut values, "two"));
        assert_eq!(
            (one, two, of(&mut values, "one")),
            (FIRST, FIRST + 1, FIRST)
        );
        assert_eq!(of(&mut values, ""), BLANK);
        assert_eq!(values.number(DividerValue::Null), NULL);
        assert_eq!(values.value(two), Some(&PartValue::Bytes(b"two".to_vec())));
    }

    #[test]
    fn a_column_of_too_many_values_is_no_longer_told_apart() {
        let mut values = Values::new(KEYS);
        let numbers: Vec<u16> = (0..1_000)
            .map(|number| values.number(DividerValue::Number(number)))
            .collect();
        assert_eq!(numbers[255], FIRST + 255);
        assert_eq!(numbers[256], OTHER);
        assert_eq!(values.current(numbers[3]), OTHER);
        assert_eq!(values.number(DividerValue::Null), NULL);
    }

    #[test]
    fn rows_and_hits_are_counted_by_candidate() {
        let mut tally = PartTally::default();
        for (number, candidate) in [(3, None), (3, Some(2)), (0, Some(0)), (3, Some(2))] {
            tally.add(number, candidate);
        }
        assert_eq!(tally.parts(2).collect::<Vec<_>>(), [(0, 1, 0), (3, 3, 2)]);
        assert_eq!(tally.parts(7).collect::<Vec<_>>(), [(0, 1, 0), (3, 3, 0)]);
    }
}
