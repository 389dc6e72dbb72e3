//! What a trial found, and the verdict that follows.

use std::fmt;

use super::hypothesis::Need;
use crate::census::weigh::SchemeHits;
use crate::scheme::Scheme;

/// What a trial of one shape found.
#[derive(Clone, Debug, PartialEq)]
pub struct TrialEvidence {
    /// Rows of the sample.
    pub rows: u64,
    /// How many words there are to try on each row.
    pub words: u64,
    /// How many ways there are to combine a scheme with columns.
    pub ways: u64,
    /// The names of the columns that were tried beside the value.
    pub columns: Vec<String>,
    /// How many digests were made.
    pub tries: u64,
    /// Whether everything was tried.
    pub complete: bool,
    /// How many hits are expected by chance alone.
    pub expected_by_chance: f64,
    /// The ways with hits, the one with the most hits first.
    pub found: Vec<TrialWay>,
    /// What follows.
    pub verdict: TrialVerdict,
}

/// A way that had hits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrialWay {
    /// The scheme.
    pub scheme: Scheme,
    /// What it takes besides the password.
    pub inputs: Vec<WayInput>,
    /// Rows of the sample that hold the digest of one of the words.
    pub hits: u64,
    /// How many different words these are.
    pub words: u64,
    /// How many of the rows were hit with a salt or name that is padded otherwise than it was read.
    pub otherwise: u64,
}

/// Something that a scheme takes, and its source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WayInput {
    /// What it is.
    pub slot: Need,
    /// The column; none where it is part of the value itself.
    pub column: Option<String>,
    /// Whether the credential names the column for this need.
    pub declared: bool,
}

/// What the evidence says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrialVerdict {
    /// The first way is the right one.
    Proven,
    /// Too few rows or words were found in any way.
    TooFew,
    /// Several ways have rows of their own: the column is a mixture.
    Mixed,
    /// Several ways give the same digests for the rows that were found.
    Ambiguous,
}

impl TrialWay {
    /// Whether every column that it takes is named by the credential.
    pub fn is_declared(&self) -> bool {
        self.inputs.iter().all(|input| input.declared)
    }
}

/// `md5(salt.pass) with salt = column "pw_salt"`
impl fmt::Display for TrialWay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.scheme.name())?;
        for (at, input) in self.inputs.iter().enumerate() {
            f.write_str(if at == 0 { " with " } else { " and " })?;
            let what = match input.slot {
                Need::Salt => "salt",
                Need::Salt2 => "salt2",
                Need::Username => "user name",
                Need::UserId => "user id",
            };
            match &input.column {
                Some(column) => write!(f, "{what} = column {column:?}")?,
                None => write!(f, "the {what} in the value itself")?,
            }
        }
        Ok(())
    }
}

impl TrialEvidence {
    /// The hits of the first way.
    pub(in crate::census) fn leader(&self) -> Option<SchemeHits> {
        self.found.first().map(|way| SchemeHits {
            scheme: way.scheme,
            rows: self.rows as f64,
            hits: way.hits as f64,
            words: way.words,
        })
    }

    /// The way that was proven.
    pub fn proven(&self) -> Option<&TrialWay> {
        self.found
            .first()
            .filter(|_| self.verdict == TrialVerdict::Proven)
    }
}
