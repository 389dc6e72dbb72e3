//! The lines of the pages are short enough to be read side by side with the code.

use super::page::{lines, pages};

/// The last column of a line.
const COLUMNS: usize = 120;

/// The numbers of lines that are longer. Rows of tables can't be broken.
fn long(text: &str) -> Vec<usize> {
    lines(text)
        .filter(|(_, line)| line.chars().count() > COLUMNS && !line.starts_with('|'))
        .map(|(number, _)| number)
        .collect()
}

#[test]
fn the_lines_of_the_pages_end_at_column_120() {
    let long: Vec<String> = pages()
        .iter()
        .flat_map(|page| {
            let numbers = long(&page.text).into_iter();
            numbers.map(|number| format!("{}:{number}", page.path))
        })
        .collect();
    assert!(long.is_empty(), "{}", long.join("\n"));
}

#[test]
fn a_line_that_is_too_long_is_found() {
    let line = "word ".repeat(25);
    assert_eq!(long(&format!("short\n{line}\n")), [2]);
    assert!(long(&format!("| {line} |\n```\n{line}\n```\n    {line}\n")).is_empty());
}
