//! The text of the file: places in it, and lines of it for messages.
//!
//! A line that may hold a secret is never shown. The text alone decides that, so that it also holds
//! for a file that is not TOML.

use std::fmt::Write as _;
use std::ops::Range;

use crate::config::place::Place;

/// The longest line that is shown. A longer one is of no use in a message.
const SHOWN_CHARS_MAX: usize = 160;

/// The text of a configuration file.
#[derive(Clone, Copy)]
pub(in crate::config) struct SourceText<'a> {
    text: &'a str,
}

impl<'a> SourceText<'a> {
    pub(in crate::config) fn new(text: &'a str) -> Self {
        Self { text }
    }

    /// The place of a byte offset. An offset behind the end counts as the end.
    pub(in crate::config) fn place(&self, offset: usize) -> Place {
        let offset = self.boundary(offset);
        let start = self.line_start(offset);
        Place {
            line: self.text[..start].matches('\n').count() + 1,
            column: self.text[start..offset].chars().count() + 1,
        }
    }

    /// The line where `span` starts, with the span underlined. None where the line may hold a
    /// secret.
    pub(in crate::config) fn excerpt(&self, span: Range<usize>) -> Option<String> {
        let start = self.boundary(span.start);
        let end = self.boundary(span.end).max(start);
        let line_start = self.line_start(start);
        let line = self.text[line_start..].lines().next().unwrap_or_default();
        if line.trim().is_empty()
            || line.chars().count() > SHOWN_CHARS_MAX
            || self.may_hold_a_secret(line_start, line)
        {
            return None;
        }
        let shown: String = line
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect();
        let number = self.place(start).line.to_string();
        let before = self.text[line_start..start].chars().count();
        let line_end = line_start + line.len();
        let carets = self.text[start..end.min(line_end).max(start)]
            .chars()
            .count()
            .max(1);
        let margin = " ".repeat(number.len());
        let mut excerpt = String::new();
        // Writing to a string cannot fail.
        let _ = write!(
            excerpt,
            "{margin} |\n{number} | {shown}\n{margin} | {}{}",
            " ".repeat(before),
            "^".repeat(carets)
        );
        Some(excerpt)
    }

    /// Whether a value may be repeated in a message: it is short and plain, and no URL and no
    /// address can be in it.
    pub(in crate::config) fn may_show(value: &str) -> bool {
        value.len() <= 48
            && !value.contains("//")
            && value
                .chars()
                .all(|c| (c.is_ascii_graphic() && c != '@') || c == ' ')
    }

    /// Whether a line may hold a secret. It may in the table of the database, where its key names
    /// something secret, and where it looks like a URL.
    fn may_hold_a_secret(&self, line_start: usize, line: &str) -> bool {
        if line.contains("//") || line.contains('@') {
            return true;
        }
        let key = line
            .split('=')
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase();
        if ["url", "database", "secret", "token", "passw", "pwd"]
            .iter()
            .any(|word| key.contains(word))
        {
            return !is_header(line);
        }
        let header = self.text[..line_start]
            .lines()
            .rev()
            .find(|line| is_header(line));
        !is_header(line) && header.is_some_and(|header| header.contains("database"))
    }

    fn line_start(&self, offset: usize) -> usize {
        self.text[..offset].rfind('\n').map_or(0, |at| at + 1)
    }

    fn boundary(&self, offset: usize) -> usize {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        offset
    }
}

/// Whether a line can only be the head of a table: `[name]` or `[[name]]`.
fn is_header(line: &str) -> bool {
    let head = line.split('#').next().unwrap_or_default().trim();
    let name = head
        .strip_prefix("[[")
        .and_then(|rest| rest.strip_suffix("]]"))
        .or_else(|| {
            head.strip_prefix('[')
                .and_then(|rest| rest.strip_suffix(']'))
        });
    name.is_some_and(|name| {
        name.trim()
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "_-.".contains(c))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_hidden(text: &str, word: &str) {
        let at = text.find(word).expect("the word stands in the text");
        assert_eq!(
            SourceText::new(text).excerpt(at..at + word.len()),
            None,
            "{text}"
        );
    }

    #[test]
    fn a_place_counts_lines_and_characters_from_one() {
        let source = SourceText::new("a = 1\nö = 2\n");
        assert_eq!(source.place(0), Place { line: 1, column: 1 });
        assert_eq!(source.place("a = 1\nö".len()), Place { line: 2, column: 2 });
        assert_eq!(source.place(usize::MAX), Place { line: 3, column: 1 });
    }

    #[test]
    fn an_excerpt_underlines_the_span() {
        let text = "[target]\ncosts = 12\n";
        assert_eq!(
            SourceText::new(text)
                .excerpt(9..14)
                .expect("it holds no secret"),
            "  |\n2 | costs = 12\n  | ^^^^^"
        );
    }

    #[test]
    fn an_excerpt_of_a_span_over_several_lines_ends_with_the_first() {
        let text = "key = [\n  \"a\",\n]\n";
        assert_eq!(
            SourceText::new(text)
                .excerpt(6..16)
                .expect("it holds no secret"),
            "  |\n1 | key = [\n  |       ^"
        );
    }

    #[test]
    fn a_tab_takes_the_room_of_one_character() {
        assert_eq!(
            SourceText::new("\tcosts = 12")
                .excerpt(1..6)
                .expect("it holds no secret"),
            "  |\n1 |  costs = 12\n  |  ^^^^^"
        );
    }

    #[test]
    fn no_line_of_the_table_of_the_database_is_shown() {
        check_hidden("[database]\nulr = \"x:s3cret\"\n", "ulr");
        check_hidden("[ database ] # ours\n\n# a\ns3cret\n", "s3cret");
        check_hidden("[database]\nurl = \"\"\"\ns3cret\"\"\"\n", "s3cret");
    }

    #[test]
    fn no_line_that_looks_like_a_url_is_shown() {
        check_hidden("[target]\ncost = \"postgres://u:s3cret@h/d\"\n", "cost");
        check_hidden("u:s3cret@h\n", "u:");
    }

    #[test]
    fn no_line_whose_key_names_a_secret_is_shown() {
        check_hidden("database = { x = \"s3cret\" }\n", "database");
        check_hidden("database.url = 's3cret'\n", "database");
        check_hidden("[ledger]\npassword = 's3cret'\n", "password");
        check_hidden("[database] s3cret]\n", "s3cret");
    }

    #[test]
    fn a_column_named_password_is_shown() {
        assert!(
            SourceText::new("[[credential]]\ncolumn = \"password\"\n")
                .excerpt(15..21)
                .is_some()
        );
    }

    #[test]
    fn the_head_of_the_table_of_the_database_is_shown() {
        assert!(SourceText::new("[database]\n").excerpt(0..10).is_some());
    }

    #[test]
    fn a_line_after_the_table_of_the_database_is_shown() {
        assert!(
            SourceText::new("[database]\nurl_env = 'A'\n[target]\ncosts = 1\n")
                .excerpt(34..39)
                .is_some()
        );
    }

    #[test]
    fn a_value_with_a_url_or_an_address_in_it_is_not_repeated() {
        assert!(SourceText::may_show("md-5"));
        assert!(!SourceText::may_show("postgres://h"));
        assert!(!SourceText::may_show("a@b"));
        assert!(!SourceText::may_show("a\u{1b}[1m"));
    }
}
