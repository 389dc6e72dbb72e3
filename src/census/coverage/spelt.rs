//! How one value is spelt: a division of the rows that every column has.

use crate::text;

/// The spelling of a bare digest, with or without a salt behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spelt {
    /// Letters in lower case.
    Lower,
    /// Letters in upper case.
    Upper,
    /// Letters in both cases.
    MixedCase,
    /// Letters in lower case, and something around the digest: blanks, line breaks, NULs.
    LowerPadded,
    /// Letters in upper case or in both cases, and something around the digest.
    UpperPadded,
}

impl Spelt {
    /// Every spelling, by its place.
    pub const ALL: [Self; 5] = [
        Self::Lower,
        Self::Upper,
        Self::MixedCase,
        Self::LowerPadded,
        Self::UpperPadded,
    ];

    /// The spelling of a value.
    pub fn of(value: &[u8]) -> Self {
        // Hex digits alone have no padding and no salt. Most rows are so, and this needs no branch.
        if text::is_hex(value) {
            return match (has_upper(value), has_lower(value)) {
                (false, _) => Self::Lower,
                (true, false) => Self::Upper,
                (true, true) => Self::MixedCase,
            };
        }
        let bare = text::trim(value);
        let is_padded = bare.len() != value.len();
        // What stands behind a colon is a salt, whose case is its own.
        let digits = bare.split(|byte| *byte == b':').next().unwrap_or(bare);
        let (lower, upper) = digits.iter().fold((false, false), |(lower, upper), byte| {
            (
                lower | byte.is_ascii_lowercase(),
                upper | byte.is_ascii_uppercase(),
            )
        });
        match (upper, lower, is_padded) {
            (false, _, false) => Self::Lower,
            (false, _, true) => Self::LowerPadded,
            (true, false, false) => Self::Upper,
            (true, true, false) => Self::MixedCase,
            (true, _, true) => Self::UpperPadded,
        }
    }

    /// The word for people and machines.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Lower => "lower case",
            Self::Upper => "upper case",
            Self::MixedCase => "both cases",
            Self::LowerPadded => "lower case with padding",
            Self::UpperPadded => "upper case with padding",
        }
    }
}

fn has_upper(digits: &[u8]) -> bool {
    digits
        .iter()
        .fold(false, |any, digit| any | digit.is_ascii_uppercase())
}

fn has_lower(digits: &[u8]) -> bool {
    digits
        .iter()
        .fold(false, |any, digit| any | digit.is_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_is_told_apart() {
        for (value, spelt) in [
            ("5f4dcc3b", Spelt::Lower),
            ("12345678", Spelt::Lower),
            ("5F4DCC3B", Spelt::Upper),
            ("5F4dcc3b", Spelt::MixedCase),
            ("5f4dcc3b  ", Spelt::LowerPadded),
            ("5F4DCC3B\n", Spelt::UpperPadded),
            ("5f4dcc3b:SALT", Spelt::Lower),
        ] {
            assert_eq!(Spelt::of(value.as_bytes()), spelt, "{value:?}");
        }
    }
}
