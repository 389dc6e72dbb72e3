//! What a column of fixed width adds to what is written into it, and takes off.

use std::borrow::Cow;

use crate::config::CharPadding;

/// What a column of fixed width does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ColumnPadding {
    /// It adds blanks, and they are read (PostgreSQL's `char(n)`).
    AddsBlanks {
        /// The width in characters.
        chars: usize,
    },
    /// It takes blanks off (MySQL's `CHAR(n)`).
    TakesBlanksOff {
        /// The width in characters.
        chars: usize,
    },
    /// It adds NULs, and they are read (MySQL's `BINARY(n)`).
    AddsNuls {
        /// The width in bytes.
        bytes: usize,
    },
}

/// What stands in a column, given what it pads with and what the credential says of it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct PaddedColumn {
    padding: Option<ColumnPadding>,
    rule: Option<CharPadding>,
}

impl PaddedColumn {
    pub(super) fn new(padding: Option<ColumnPadding>, rule: Option<CharPadding>) -> Self {
        Self { padding, rule }
    }

    /// Whether an application may have had either.
    pub(crate) fn is_open(self) -> bool {
        self.padding.is_some() && self.rule.is_none()
    }

    /// Whether nothing stands in the column but its padding.
    pub(crate) fn is_blank(self, read: &[u8]) -> bool {
        self.padding
            .map_or(read, |padding| padding.strip(read))
            .is_empty()
    }

    /// What stands in the column: as the credential says, or else as it was read.
    pub(crate) fn value(self, read: &[u8]) -> Cow<'_, [u8]> {
        match (self.padding, self.rule) {
            (None, _) | (_, None) => Cow::Borrowed(read),
            (Some(padding), Some(CharPadding::Strip)) => Cow::Borrowed(padding.strip(read)),
            (Some(padding), Some(CharPadding::Keep)) => padding.pad(read),
        }
    }

    /// What an application may also have had; none where it is the same, or where it is said.
    pub(crate) fn otherwise(self, read: &[u8]) -> Option<Cow<'_, [u8]>> {
        let padding = self.padding.filter(|_| self.rule.is_none())?;
        let other = match padding {
            ColumnPadding::AddsBlanks { .. } | ColumnPadding::AddsNuls { .. } => {
                Cow::Borrowed(padding.strip(read))
            }
            ColumnPadding::TakesBlanksOff { .. } => padding.pad(read),
        };
        (*other != *read).then_some(other)
    }
}

impl ColumnPadding {
    fn byte(self) -> u8 {
        match self {
            Self::AddsBlanks { .. } | Self::TakesBlanksOff { .. } => b' ',
            Self::AddsNuls { .. } => 0,
        }
    }

    fn strip(self, read: &[u8]) -> &[u8] {
        let end = read.iter().rposition(|byte| *byte != self.byte());
        &read[..end.map_or(0, |last| last + 1)]
    }

    fn pad(self, read: &[u8]) -> Cow<'_, [u8]> {
        let missing = match self {
            Self::AddsBlanks { chars } | Self::TakesBlanksOff { chars } => chars.saturating_sub(
                std::str::from_utf8(read).map_or(read.len(), |text| text.chars().count()),
            ),
            Self::AddsNuls { bytes } => bytes.saturating_sub(read.len()),
        };
        if missing == 0 {
            return Cow::Borrowed(read);
        }
        let mut padded = read.to_vec();
        padded.resize(read.len() + missing, self.byte());
        Cow::Owned(padded)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(padding: ColumnPadding, read: &[u8], stripped: &[u8], kept: &[u8]) {
        let with = |rule| PaddedColumn::new(Some(padding), rule);
        assert_eq!(*with(Some(CharPadding::Strip)).value(read), *stripped);
        assert_eq!(*with(Some(CharPadding::Keep)).value(read), *kept);
        assert_eq!(*with(None).value(read), *read);
        let other = if read == stripped { kept } else { stripped };
        let other = (stripped != kept).then_some(other);
        assert_eq!(with(None).otherwise(read).as_deref(), other);
        assert_eq!(with(Some(CharPadding::Keep)).otherwise(read), None);
    }

    #[test]
    fn what_a_column_pads_can_be_had_with_and_without() {
        let postgres = ColumnPadding::AddsBlanks { chars: 4 };
        check(postgres, b"ab  ", b"ab", b"ab  ");
        check(postgres, b"abcd", b"abcd", b"abcd");
        check(postgres, b"    ", b"", b"    ");
        let mysql = ColumnPadding::TakesBlanksOff { chars: 4 };
        check(mysql, b"ab", b"ab", b"ab  ");
        check(
            mysql,
            "\u{e9}b".as_bytes(),
            "\u{e9}b".as_bytes(),
            "\u{e9}b  ".as_bytes(),
        );
        let binary = ColumnPadding::AddsNuls { bytes: 4 };
        check(binary, b"ab\0\0", b"ab", b"ab\0\0");
    }

    #[test]
    fn a_column_without_a_width_has_one_reading() {
        let column = PaddedColumn::new(None, Some(CharPadding::Strip));
        assert_eq!(*column.value(b"ab "), *b"ab ");
        assert_eq!(column.otherwise(b"ab "), None);
    }
}
