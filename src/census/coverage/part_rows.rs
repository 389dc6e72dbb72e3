//! Which rows a part has, said so that a row of the sample can be asked.

use super::kept::{KeptRow, UNORDERED};

/// The rows of a part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum PartRows {
    /// Those with one of these numbers in a division.
    Numbers {
        /// The division.
        division: usize,
        /// The numbers.
        numbers: Vec<u16>,
    },
    /// Those of an order from one value to another.
    Between {
        /// The dividing column.
        order: usize,
        /// The first value.
        from: i64,
        /// The last value.
        to: i64,
    },
}

impl PartRows {
    /// Whether a row is in the part. `current` gives the number by which a row is judged.
    pub(super) fn has(&self, row: KeptRow<'_>, current: impl Fn(usize, u16) -> u16) -> bool {
        match self {
            Self::Numbers { division, numbers } => row
                .numbers
                .get(*division)
                .is_some_and(|number| numbers.contains(&current(*division, *number))),
            Self::Between { order, from, to } => row
                .values
                .get(*order)
                .is_some_and(|value| *value != UNORDERED && (*from..=*to).contains(value)),
        }
    }
}
