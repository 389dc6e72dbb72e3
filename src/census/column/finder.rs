//! A second look at the rows of a column, by the lines of its census.

use super::counting::Census;
use super::finished::ColumnCensus;
use super::settings::CensusSettings;
use crate::scheme::Recognised;

/// Finds the lines of a finished census again, for a second look at the rows.
pub struct LineFinder {
    census: Census,
    lines: usize,
}

impl LineFinder {
    /// The place of the line in which such a value was counted; none where there was no such line.
    pub fn line_of(&mut self, recognised: &Recognised<'_>) -> Option<usize> {
        let at = self.census.line_of(recognised);
        (at < self.lines).then_some(at)
    }
}

impl ColumnCensus {
    /// A finder for the lines of this census. The settings must be those of the census.
    pub fn finder(&self, settings: CensusSettings) -> LineFinder {
        let mut census = Census::new(settings);
        for line in &self.lines {
            census.line_of(&line.specimen);
        }
        LineFinder {
            census,
            lines: self.lines.len(),
        }
    }
}
