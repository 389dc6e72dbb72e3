//! The finished census of one column, and what later proofs add to it.

use super::line::ColumnLine;
use super::passwords::OneForm;
use crate::census::coverage::Coverage;
use crate::census::logins::LoginAges;
use crate::census::proof::ShapeEvidence;
use crate::census::trial::{TrialEvidence, TrialWay};
use crate::scheme::{Class, Recognised, Scheme, Shape};

/// The finished census of one column.
#[derive(Clone, Debug, PartialEq)]
pub struct ColumnCensus {
    /// The number of all rows.
    pub rows: u64,
    /// The lines: by class, then the largest first.
    pub lines: Vec<ColumnLine>,
    /// The evidence on each shape of bare digests.
    pub shapes: Vec<ShapeEvidence>,
    /// When the users of all rows last logged in.
    pub login_ages: LoginAges,
    /// In a column declared plaintext: the forms that a digest and a password may have, and which
    /// are so rare here that they are passwords.
    pub chance_passwords: Vec<Shape>,
    /// The one form that nearly all values of a column declared plaintext have.
    pub one_form: Option<OneForm>,
}

impl ColumnCensus {
    /// The scheme that was proven for a shape.
    pub fn proven(&self, shape: Shape) -> Option<Scheme> {
        self.shapes
            .iter()
            .find(|evidence| evidence.shape == shape)
            .and_then(ShapeEvidence::proven)
    }

    /// The evidence on a shape.
    pub fn evidence(&self, shape: Shape) -> Option<&ShapeEvidence> {
        self.shapes.iter().find(|evidence| evidence.shape == shape)
    }

    /// Adds what a trial with salts and names found for a shape, and names its lines by the
    /// verdict.
    pub fn settle(&mut self, shape: Shape, trial: TrialEvidence) {
        let evidence = self
            .shapes
            .iter_mut()
            .find(|evidence| evidence.shape == shape);
        let Some(evidence) = evidence else {
            return;
        };
        evidence.settle(trial);
        self.name_lines(shape);
    }

    /// Adds what a trial found on the rows of a shape's empty parts.
    pub fn settle_second(&mut self, shape: Shape, trial: &TrialEvidence) {
        let of = self.shapes.iter_mut().find(|of| of.shape == shape);
        if let Some(evidence) = of {
            evidence.settle_second(trial);
        }
    }

    /// Adds what a trial found on the rows of a shape that the proven way does not explain.
    pub fn settle_rest(&mut self, shape: Shape, trial: &TrialEvidence) {
        let of = self.shapes.iter_mut().find(|of| of.shape == shape);
        if let Some(evidence) = of {
            evidence.settle_rest(trial);
            self.name_lines(shape);
        }
    }

    /// Adds for which rows the scheme of a shape holds, judged on a sample.
    pub fn settle_coverage(&mut self, shape: Shape, coverage: Coverage) {
        let of = self.shapes.iter_mut().find(|of| of.shape == shape);
        if let Some(evidence) = of {
            evidence.coverage = Some(coverage);
        }
    }

    /// Adds the ways in which the known password of an account gives its value of a shape.
    pub fn settle_canary(&mut self, shape: Shape, found: Vec<TrialWay>) {
        let evidence = self
            .shapes
            .iter_mut()
            .find(|evidence| evidence.shape == shape);
        if let Some(evidence) = evidence {
            evidence.settle_canary(found);
            self.name_lines(shape);
        }
    }

    /// Gives the lines of a shape the scheme that is proven.
    fn name_lines(&mut self, shape: Shape) {
        let proven = self.proven(shape);
        let of_shape = self.lines.iter_mut().filter(|line| {
            matches!(line.specimen, Recognised::Digest { shape: of, scheme: None } if of == shape)
        });
        for line in of_shape {
            line.scheme = proven;
            line.proven = proven.is_some();
        }
    }

    /// The rows of a class.
    pub fn rows_of(&self, class: Class) -> u64 {
        self.lines
            .iter()
            .filter(|line| line.class == class)
            .map(|line| line.rows)
            .sum()
    }

    /// The rows of a line as a share of all, from 0 to 1.
    pub fn share(&self, line: &ColumnLine) -> f64 {
        if self.rows == 0 {
            0.0
        } else {
            line.rows as f64 / self.rows as f64
        }
    }
}
