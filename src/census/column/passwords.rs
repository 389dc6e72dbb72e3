//! Whether the values of a column declared plaintext are passwords.
//!
//! One value never tells: a password may be 22 letters long, and so is an MD5 in base64. The whole
//! column does, by how many of its values have such a form, and by whether nearly all are alike.

use crate::scheme::{Recognised, Shape};
use crate::text;

/// The counts of a column declared plaintext.
#[derive(Clone)]
pub(super) struct PasswordCounts {
    /// Values that stand for a password, or look like a digest of one.
    values: u64,
    /// Those of an alphabet of digests, by their number of characters.
    lengths: Vec<u64>,
}

/// Nearly all values have one length and an alphabet of digests: no column of passwords.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OneForm {
    /// Their number of characters.
    pub characters: usize,
    /// How many.
    pub rows: u64,
    /// Of how many values.
    pub of: u64,
}

/// Longer values are no digests in any spelling that is known here.
const CHARACTERS_MAX: usize = 255;
/// Shorter ones may all be alike because a generator made the passwords: eight or twelve characters
/// are usual, and no digest is so short.
const CHARACTERS_MIN: usize = 16;
/// Fewer values say nothing of a column.
const VALUES_MIN: u64 = 5;
/// Nearly all: nineteen of twenty.
const NEARLY_ALL: (u64, u64) = (19, 20);
/// A form that a password may have by chance is one of the column's where more than one value in a
/// hundred has it.
const CHANCE_MAX: u64 = 100;

impl PasswordCounts {
    pub(super) fn new() -> Self {
        Self {
            values: 0,
            lengths: vec![0; CHARACTERS_MAX + 1],
        }
    }

    /// Counts a value of a column declared plaintext.
    pub(super) fn observe(&mut self, value: &[u8], recognised: &Recognised<'_>) {
        let is_digest = match recognised {
            Recognised::Plaintext(_) => is_of_digest_alphabet(value),
            Recognised::LooksHashed => true,
            _ => return,
        };
        self.values += 1;
        if is_digest && let Some(rows) = self.lengths.get_mut(text::trim(value).len()) {
            *rows += 1;
        }
    }

    pub(super) fn merge(&mut self, other: &Self) {
        self.values += other.values;
        for (ours, theirs) in self.lengths.iter_mut().zip(&other.lengths) {
            *ours += theirs;
        }
    }

    /// The one form of the column, if it has one.
    pub(super) fn one_form(&self) -> Option<OneForm> {
        let lengths = self.lengths.iter().enumerate().skip(CHARACTERS_MIN);
        let (characters, rows) = lengths.max_by_key(|(_, rows)| **rows)?;
        let (part, whole) = NEARLY_ALL;
        let nearly_all = rows.saturating_mul(whole) >= self.values.saturating_mul(part);
        (self.values >= VALUES_MIN && nearly_all).then_some(OneForm {
            characters,
            rows: *rows,
            of: self.values,
        })
    }

    /// Whether so many values of a form are few enough to be passwords.
    pub(super) fn are_few(&self, rows: u64) -> bool {
        rows.saturating_mul(CHANCE_MAX) <= self.values
    }
}

/// What a value is by the whole column: one that may be a digest by chance is a password where few
/// are so, and looks hashed where many are. `are_passwords` says it of a form.
pub fn settle_chance(
    recognised: Recognised<'_>,
    are_passwords: impl Fn(Shape) -> bool,
) -> Recognised<'_> {
    match chance_shape(&recognised) {
        Some(shape) if !are_passwords(shape) => Recognised::LooksHashed,
        _ => recognised,
    }
}

/// The form of a digest that a value of a column declared plaintext has by chance, or because it
/// is one.
pub(super) fn chance_shape(recognised: &Recognised<'_>) -> Option<Shape> {
    let Recognised::Plaintext(value) = recognised else {
        return None;
    };
    // Few passwords are so long. Most rows end here.
    if value.len() < CHARACTERS_MIN {
        return None;
    }
    Shape::of(text::trim(value)).filter(|shape| shape.is_chance())
}

/// Hex and base64 of every kind, and what stands between groups of hex.
fn is_of_digest_alphabet(value: &[u8]) -> bool {
    text::trim(value).iter().all(|byte| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'-' | b'_' | b':')
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scheme::{Declared, Scheme, recognise};

    const PLAINTEXT: Declared = Declared::Scheme(Scheme::PLAINTEXT);

    fn counts(values: impl IntoIterator<Item = String>) -> PasswordCounts {
        let mut counts = PasswordCounts::new();
        for value in values {
            counts.observe(
                value.as_bytes(),
                &recognise(Some(value.as_bytes()), PLAINTEXT),
            );
        }
        counts
    }

    fn one_form(values: impl IntoIterator<Item = String>) -> Option<usize> {
        counts(values).one_form().map(|form| form.characters)
    }

    #[test]
    fn values_of_one_length_and_such_an_alphabet_are_no_passwords() {
        assert_eq!(one_form((0..60).map(|at| format!("{at:024}"))), Some(24));
        assert_eq!(one_form((0..5).map(|at| format!("{at:016x}"))), Some(16));
        // As base32 has it, and with one row in twenty that is something else.
        let base32 = (0..19).map(|at| format!("ABCDEFGHIJKLMNOPQRSTUVWX{}", ["A", "B"][at % 2]));
        assert_eq!(one_form(base32.chain(["x".to_owned()])), Some(25));
    }

    #[test]
    fn passwords_are_passwords() {
        assert_eq!(one_form((0..60).map(|at| format!("{at:08}"))), None);
        assert_eq!(one_form((0..4).map(|at| format!("{at:024}"))), None);
        let many = (0..60).map(|at| "x".repeat(10 + at % 30));
        assert_eq!(one_form(many), None);
        let phrases = (0..60).map(|at| format!("correct horse battery {at:02}"));
        assert_eq!(one_form(phrases), None);
        assert_eq!(one_form(std::iter::empty()), None);
    }

    #[test]
    fn a_form_of_chance_is_one_of_the_columns_above_one_value_in_a_hundred() {
        let column = counts((0..200).map(|at| format!("word{at}")));
        assert!(column.are_few(2));
        assert!(!column.are_few(3));
    }
}
