//! What a trial found, and what follows.

use std::fmt;

use super::{Slot, Trial, hypothesis::Source};
use crate::census::proof::{HITS_MIN, WORDS_MIN};
use crate::scheme::Scheme;

/// What a trial of one shape found.
#[derive(Clone, Debug, PartialEq)]
pub struct TrialEvidence {
    /// Rows of the sample.
    pub rows: u64,
    /// How many words there are to try on each.
    pub words: u64,
    /// How many ways to combine scheme and columns.
    pub ways: u64,
    /// The names of the columns that were tried beside the value.
    pub columns: Vec<String>,
    /// How many digests were made.
    pub tries: u64,
    /// Whether nothing was left to try.
    pub complete: bool,
    /// How many hits chance alone would give.
    pub expected_by_chance: f64,
    /// The ways with hits: the one with the most first.
    pub found: Vec<Found>,
    /// What follows.
    pub verdict: TrialVerdict,
}

/// A way that had hits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The scheme.
    pub scheme: Scheme,
    /// What it takes besides the password.
    pub inputs: Vec<Input>,
    /// Rows of the sample that hold the digest of one of the words.
    pub hits: u64,
    /// How many different words these are.
    pub words: u64,
}

/// Something that a scheme takes, and where from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// What it is.
    pub slot: Slot,
    /// The column; none where it stands in the value itself.
    pub column: Option<String>,
    /// Whether the credential names the column as that.
    pub declared: bool,
}

/// What the evidence says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrialVerdict {
    /// It is the first of what was found.
    Proven,
    /// Too few rows or words were found in any way.
    TooFew,
    /// Rows were found in more than one way: the column is a mixture.
    Mixed,
    /// Several ways give the same digest for the rows that were found.
    Ambiguous,
}

impl Found {
    /// Whether every column that it takes is named by the credential.
    pub fn is_declared(&self) -> bool {
        self.inputs.iter().all(|input| input.declared)
    }
}

/// `md5(salt.pass) with salt = column "pw_salt"`
impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.scheme.name())?;
        for (at, input) in self.inputs.iter().enumerate() {
            f.write_str(if at == 0 { " with " } else { " and " })?;
            let what = match input.slot {
                Slot::Salt => "salt",
                Slot::Salt2 => "salt2",
                Slot::Username => "user name",
                Slot::UserId => "user id",
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
    /// What was proven.
    pub fn proven(&self) -> Option<&Found> {
        self.found
            .first()
            .filter(|_| self.verdict == TrialVerdict::Proven)
    }
}

impl Trial {
    /// What was found so far.
    pub fn evidence(&self) -> TrialEvidence {
        let mut with_hits: Vec<usize> = (0..self.hypotheses.len())
            .filter(|at| self.found[*at].iter().any(Option::is_some))
            .collect();
        with_hits.sort_by_key(|at| {
            (
                std::cmp::Reverse(self.hits(*at, None).0),
                !self.describe(*at).is_declared(),
            )
        });
        TrialEvidence {
            rows: self.rows.len() as u64,
            words: super::ROUNDS[self.rounds - 1].end as u64,
            ways: self.hypotheses.len() as u64,
            columns: self
                .beside
                .iter()
                .map(|column| column.name.clone())
                .collect(),
            tries: self.tries,
            complete: self.next.0 >= self.rounds,
            expected_by_chance: self.tries as f64 / 2_f64.powi(4 * self.shape.digits() as i32),
            found: with_hits.iter().map(|at| self.describe(*at)).collect(),
            verdict: self.verdict(&with_hits),
        }
    }

    fn verdict(&self, with_hits: &[usize]) -> TrialVerdict {
        let Some((leader, others)) = with_hits.split_first() else {
            return TrialVerdict::TooFew;
        };
        let enough = |(hits, words): (u64, u64)| hits >= HITS_MIN && words >= WORDS_MIN;
        if others.iter().any(|other| !self.covers(*leader, *other)) {
            return TrialVerdict::Mixed;
        }
        if !enough(self.hits(*leader, None)) {
            return TrialVerdict::TooFew;
        }
        // Between two that can't be told apart, the columns that the credential names decide.
        let named = self.describe(*leader).is_declared();
        let is_rival = |other: &usize| {
            let yields = named && !self.describe(*other).is_declared();
            !yields && !enough(self.hits(*leader, Some(*other)))
        };
        if others.iter().any(is_rival) {
            TrialVerdict::Ambiguous
        } else {
            TrialVerdict::Proven
        }
    }

    /// Whether one way found all that another found, by the same words: then the other says nothing of its own.
    fn covers(&self, one: usize, other: usize) -> bool {
        let mut rows = self.found[one].iter().zip(&self.found[other]);
        rows.all(|(one, other)| other.is_none() || one == other)
    }

    /// The rows and the words that a way found, without those that another one found too.
    fn hits(&self, at: usize, without: Option<usize>) -> (u64, u64) {
        let mut words: Vec<u16> = (0..)
            .zip(&self.found[at])
            .filter(|(row, _)| without.is_none_or(|other| self.found[other][*row].is_none()))
            .filter_map(|(_, word)| *word)
            .collect();
        let hits = words.len() as u64;
        words.sort_unstable();
        words.dedup();
        (hits, words.len() as u64)
    }

    pub(super) fn describe(&self, at: usize) -> Found {
        let hypothesis = &self.hypotheses[at];
        let (hits, words) = self.hits(at, None);
        Found {
            scheme: hypothesis.scheme,
            inputs: hypothesis
                .inputs
                .iter()
                .map(|(slot, source)| match source {
                    Source::Value => Input {
                        slot: *slot,
                        column: None,
                        declared: true,
                    },
                    Source::Beside(at) => Input {
                        slot: *slot,
                        column: Some(self.beside[*at].name.clone()),
                        declared: self.beside[*at].declared_as.contains(slot),
                    },
                })
                .collect(),
            hits,
            words,
        }
    }
}
