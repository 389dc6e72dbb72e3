//! Comment lines end at column 100.

use super::check::check;
use super::rule::{Fault, Rule};
use super::source::{Sources, room_of};

/// The last column of a comment.
const COLUMNS: usize = 100;

/// Comment lines that are longer, in the tests also. A line of one word can't be broken.
pub(super) fn faults(sources: &Sources) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (path, text) in &sources.files {
        for (number, line) in (1..).zip(text.lines()) {
            let comment = line.trim_start();
            let columns = line.chars().count();
            let words = comment.split_whitespace().count();
            if comment.starts_with("//") && columns > COLUMNS && words > 2 {
                faults.push(Fault {
                    rule: Rule::CommentWidth,
                    room: room_of(path).to_owned(),
                    key: path.clone(),
                    text: format!("{path}:{number} {columns} columns"),
                });
            }
        }
    }
    faults
}

#[test]
fn comment_lines_end_at_column_100() {
    check(Rule::CommentWidth, faults(&Sources::of_this_crate()));
}

#[test]
fn a_comment_line_that_is_too_long_is_found() {
    let made = |line: &str| faults(&Sources::made(&[("src/lib.rs", line)])).len();
    let words = |columns: usize| "word ".repeat(columns / 5);
    assert_eq!(made(&format!("/// {}", words(100))), 1);
    assert_eq!(made(&format!("    //! {}", words(95))), 1);
    assert_eq!(made(&format!("/// {}", words(95).trim_end())), 0);
    assert_eq!(made(&format!("let a = \"{}\";", words(100))), 0);
    assert_eq!(made(&format!("// {}", "x".repeat(120))), 0);
}
