//! A plain text table: aligned columns with two spaces between them, no lines and no colour.

use super::text::safe;

/// The side on which a column's cells stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// Text.
    Left,
    /// Numbers.
    Right,
}

/// A table under construction.
#[derive(Clone, Debug)]
pub struct TextTable {
    indent: usize,
    align: Vec<Align>,
    rows: Vec<Vec<String>>,
}

impl TextTable {
    /// A table with these headings, indented by `indent` spaces.
    pub fn new(indent: usize, columns: &[(&str, Align)]) -> Self {
        Self {
            indent,
            align: columns.iter().map(|(_, align)| *align).collect(),
            rows: vec![
                columns
                    .iter()
                    .map(|(heading, _)| (*heading).to_owned())
                    .collect(),
            ],
        }
    }

    /// Adds a row. A missing cell is empty; a cell too many is left out.
    pub fn row<S: AsRef<str>>(&mut self, cells: impl IntoIterator<Item = S>) {
        let mut row: Vec<String> = cells.into_iter().map(|cell| safe(cell.as_ref())).collect();
        row.resize(self.align.len(), String::new());
        self.rows.push(row);
    }

    /// Whether it has no row but its headings.
    pub fn is_empty(&self) -> bool {
        self.rows.len() == 1
    }

    /// The table as text, a line for each row. A column without any filled cell is left out.
    pub fn render(&self) -> String {
        let widths: Vec<usize> = (0..self.align.len())
            .map(|column| {
                let cells = self.rows.iter().map(|row| row[column].chars().count());
                let filled = self.rows.iter().skip(1).any(|row| !row[column].is_empty());
                if filled || self.is_empty() {
                    cells.max().unwrap_or(0)
                } else {
                    0
                }
            })
            .collect();
        let mut out = String::new();
        for row in &self.rows {
            let mut line = " ".repeat(self.indent);
            for ((cell, width), align) in row.iter().zip(&widths).zip(&self.align) {
                if *width == 0 {
                    continue;
                }
                let gap = " ".repeat(width - cell.chars().count().min(*width));
                match align {
                    Align::Left => line.extend([cell.as_str(), &gap]),
                    Align::Right => line.extend([gap.as_str(), cell]),
                }
                line.push_str("  ");
            }
            out.push_str(line.trim_end());
            out.push('\n');
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned_and_nothing_trails() {
        let mut table = TextTable::new(
            2,
            &[
                ("class", Align::Left),
                ("rows", Align::Right),
                ("why", Align::Left),
            ],
        );
        table.row(["weak", "12,345", "x"]);
        table.row(["plaintext", "7", ""]);
        assert_eq!(
            table.render(),
            "  class        rows  why\n  weak       12,345  x\n  plaintext       7\n"
        );
    }

    #[test]
    fn a_column_without_a_cell_is_left_out() {
        let mut table = TextTable::new(
            0,
            &[
                ("a", Align::Left),
                ("last login", Align::Left),
                ("b", Align::Right),
            ],
        );
        table.row(["1", "", "2"]);
        assert_eq!(table.render(), "a  b\n1  2\n");
    }

    #[test]
    fn a_name_from_the_database_cant_break_a_line() {
        let mut table = TextTable::new(0, &[("name", Align::Left)]);
        table.row(["a\nb"]);
        assert_eq!(table.render().lines().count(), 2);
    }
}
