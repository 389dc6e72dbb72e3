//! A second look at the rows of a column, by the lines of its census.

use super::counting::Census;
use super::finished::ColumnCensus;
use super::passwords::{chance_shape, settle_chance};
use super::settings::CensusSettings;
use crate::scheme::{Recognised, Shape};

/// Finds the lines of a finished census again, for a second look at the rows.
pub struct LineFinder {
    census: Census,
    lines: usize,
    chance_passwords: Vec<Shape>,
}

impl LineFinder {
    /// The place of the line in which such a value was counted; none where there was no such line.
    pub fn line_of(&mut self, recognised: &Recognised<'_>) -> Option<usize> {
        let settled = settle_chance(*recognised, |shape| self.chance_passwords.contains(&shape));
        let settled = match settled {
            // By its own form it would be counted apart.
            Recognised::Plaintext(_) if chance_shape(&settled).is_some() => {
                Recognised::Plaintext(b"x")
            }
            _ => settled,
        };
        let at = self.census.line_of(&settled);
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
            chance_passwords: self.chance_passwords.clone(),
        }
    }
}
