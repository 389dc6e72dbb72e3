//! The site-wide salts of an application: secrets that stand in no row.

use std::fmt;
use std::num::NonZeroU8;
use std::sync::Arc;

use thiserror::Error;

use super::bytes::InnerSalt;

/// The lines of a file of site-wide salts, in their order. A line's number, from 1, is its name.
///
/// Copies share the lines.
#[derive(Clone, PartialEq, Eq)]
pub struct SiteSalts(Arc<[InnerSalt]>);

/// Why a text holds no site-wide salts. It shows nothing of the text but numbers.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum SiteSaltError {
    /// The file is empty.
    #[error("it has no line")]
    NoLine,
    /// More lines than are tried.
    #[error("it has {actual} lines, more than {}", SiteSalts::LINES_MAX)]
    TooMany {
        /// How many it has.
        actual: usize,
    },
    /// An empty line would be no salt at all.
    #[error("line {line} is empty")]
    Empty {
        /// The line, from 1.
        line: usize,
    },
    /// A line that is longer than any salt.
    #[error(
        "line {line} has {actual} bytes, more than {}",
        SiteSalts::LINE_BYTES_MAX
    )]
    TooLong {
        /// The line, from 1.
        line: usize,
        /// Its bytes.
        actual: usize,
    },
    /// The same line twice. Nothing could say which of the two made a value.
    #[error("line {line} is the same as line {first}")]
    Twice {
        /// The line, from 1.
        line: usize,
        /// The line that is the same.
        first: usize,
    },
}

impl SiteSalts {
    /// The most lines of a file. Every line is tried in turn.
    pub const LINES_MAX: usize = 8;
    /// The longest line, in bytes.
    pub const LINE_BYTES_MAX: usize = 1_024;

    /// The lines of a file. A line ends with a line feed, or a carriage return and a line feed. The
    /// last one may end without. Blanks belong to the salt.
    ///
    /// # Errors
    /// As [`SiteSaltError`] says.
    pub fn of_file(text: &[u8]) -> Result<Self, SiteSaltError> {
        let text = text.strip_suffix(b"\n").unwrap_or(text);
        if text.is_empty() {
            return Err(SiteSaltError::NoLine);
        }
        let lines = text.split(|byte| *byte == b'\n');
        Self::new(lines.map(|line| line.strip_suffix(b"\r").unwrap_or(line)))
    }

    /// These salts, in this order: for whoever keeps them elsewhere than in a file.
    ///
    /// # Errors
    /// As [`SiteSaltError`] says.
    pub fn new(lines: impl IntoIterator<Item = impl AsRef<[u8]>>) -> Result<Self, SiteSaltError> {
        let lines: Arc<[InnerSalt]> = lines
            .into_iter()
            .map(|line| InnerSalt::new(line.as_ref()))
            .collect();
        if lines.is_empty() {
            return Err(SiteSaltError::NoLine);
        }
        if lines.len() > Self::LINES_MAX {
            return Err(SiteSaltError::TooMany {
                actual: lines.len(),
            });
        }
        for (at, salt) in lines.iter().enumerate() {
            let line = at + 1;
            let actual = salt.as_bytes().len();
            if actual == 0 {
                return Err(SiteSaltError::Empty { line });
            }
            if actual > Self::LINE_BYTES_MAX {
                return Err(SiteSaltError::TooLong { line, actual });
            }
            if let Some(first) = lines.iter().take(at).position(|other| other == salt) {
                let first = first + 1;
                return Err(SiteSaltError::Twice { line, first });
            }
        }
        Ok(Self(lines))
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// The salt of a line.
    pub fn line(&self, number: NonZeroU8) -> Option<&InnerSalt> {
        self.0.get(usize::from(number.get()) - 1)
    }

    /// The numbers of the lines.
    pub fn numbers(&self) -> impl Iterator<Item = NonZeroU8> + use<> {
        let count = u8::try_from(self.0.len()).unwrap_or(u8::MAX);
        (1..=count).filter_map(NonZeroU8::new)
    }
}

/// Blind: it shows the name of the type, and not even how many there are.
impl fmt::Debug for SiteSalts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SiteSalts(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<Vec<u8>> {
        let salts = SiteSalts::of_file(text.as_bytes()).expect(text);
        salts
            .numbers()
            .map(|line| salts.line(line).expect("a line").as_bytes().to_vec())
            .collect()
    }

    fn refused(text: &str) -> String {
        SiteSalts::of_file(text.as_bytes())
            .expect_err(text)
            .to_string()
    }

    #[test]
    fn a_line_ends_with_a_line_feed_or_with_both_signs_or_with_the_file() {
        for text in ["one\ntwo\n", "one\ntwo", "one\r\ntwo\r\n", "one\r\ntwo"] {
            assert_eq!(lines(text), [b"one", b"two"], "{text:?}");
        }
    }

    #[test]
    fn blanks_and_a_carriage_return_inside_belong_to_the_salt() {
        assert_eq!(lines(" a b \n"), [b" a b "]);
        assert_eq!(lines("a\rb\n"), [b"a\rb"]);
        assert_eq!(lines("a\r\r\n"), [b"a\r"]);
    }

    #[test]
    fn what_could_be_mistaken_is_refused_by_its_line() {
        assert_eq!(refused(""), "it has no line");
        assert_eq!(refused("\n"), "it has no line");
        assert_eq!(refused("one\n\n"), "line 2 is empty");
        assert_eq!(refused("one\n\ntwo\n"), "line 2 is empty");
        assert_eq!(refused("\r\none\n"), "line 1 is empty");
        assert_eq!(refused("a\nb\na\n"), "line 3 is the same as line 1");
        assert_eq!(refused("a\r\na"), "line 2 is the same as line 1");
        assert_eq!(
            refused("1\n2\n3\n4\n5\n6\n7\n8\n9\n"),
            "it has 9 lines, more than 8"
        );
        assert_eq!(
            refused(&"x".repeat(1_025)),
            "line 1 has 1025 bytes, more than 1024"
        );
    }

    #[test]
    fn debug_shows_nothing_of_the_salts() {
        let salts = SiteSalts::new(["hunter2"]).expect("a salt");
        assert_eq!(format!("{salts:?}"), "SiteSalts(..)");
    }
}
