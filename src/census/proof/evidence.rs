//! What is known of a shape of bare digests, and the verdict that follows.

use crate::census::coverage::{Coverage, CoverageCounts, CoverageQuestion};
use crate::census::trial::{TrialEvidence, TrialVerdict, TrialWay};
use crate::census::words::{HITS_MIN, WORDS_MIN};
use crate::scheme::{Declared, Scheme, Shape};

/// The evidence for one shape in one column.
#[derive(Clone, Debug, PartialEq)]
pub struct ShapeEvidence {
    /// The shape.
    pub shape: Shape,
    /// Rows of this shape.
    pub rows: u64,
    /// How many words were looked up under each candidate.
    pub tried: u64,
    /// How many hits are expected by chance alone.
    pub expected_by_chance: f64,
    /// The candidates, likeliest first.
    pub candidates: Vec<CandidateHits>,
    /// What a trial with salts and names found, if there was one.
    pub trial: Option<TrialEvidence>,
    /// The ways in which the password of a known account gives its value; none where no such
    /// account has a value of this shape.
    pub canary: Option<Vec<TrialWay>>,
    /// For which rows the proof holds; none where nothing is proven or declared, and where the
    /// rows were not divided.
    pub coverage: Option<Coverage>,
    /// The verdict from all of it.
    pub verdict: ShapeVerdict,
}

/// What was found for one candidate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CandidateHits {
    /// The candidate.
    pub scheme: Scheme,
    /// Rows that hold the digest of one of the words.
    pub hits: u64,
    /// How many different words these are.
    pub words: u64,
    /// Rows that hold the digest of the empty password. They prove nothing and are no hits. If two
    /// candidates share this digest, the likelier one has the rows.
    pub empty_rows: u64,
}

/// What the evidence says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShapeVerdict {
    /// The scheme is proven.
    Proven(Scheme),
    /// Too few rows or words were found under any candidate.
    TooFew,
    /// Rows were found under more than one candidate: the column is a mixture.
    Mixed,
    /// Several candidates give the same digests for the rows that were found.
    Ambiguous,
}

impl ShapeVerdict {
    /// The word for machines.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Proven(_) => "proven",
            Self::TooFew => "too-few",
            Self::Mixed => "mixed",
            Self::Ambiguous => "ambiguous",
        }
    }
}

impl ShapeEvidence {
    /// The scheme, if it is proven.
    pub fn proven(&self) -> Option<Scheme> {
        match self.verdict {
            ShapeVerdict::Proven(scheme) => Some(scheme),
            ShapeVerdict::TooFew | ShapeVerdict::Mixed | ShapeVerdict::Ambiguous => None,
        }
    }

    /// The evidence on digests that were only counted.
    pub(in crate::census) fn untried(shape: Shape, rows: u64) -> Self {
        let candidates = shape.candidates().iter().map(|scheme| CandidateHits {
            scheme: *scheme,
            hits: 0,
            words: 0,
            empty_rows: 0,
        });
        Self {
            shape,
            rows,
            tried: 0,
            expected_by_chance: 0.0,
            candidates: candidates.collect(),
            trial: None,
            canary: None,
            coverage: None,
            verdict: ShapeVerdict::TooFew,
        }
    }

    /// The way that was proven with a salt or a name, with its sources.
    pub fn way(&self) -> Option<&TrialWay> {
        let proven = self.proven()?;
        let by_trial = self.trial.as_ref().and_then(TrialEvidence::proven);
        let by_canary = self.canary.iter().flatten();
        by_trial
            .into_iter()
            .chain(by_canary)
            .find(|found| found.scheme == proven)
    }

    /// Whether only the account whose password is known proved it.
    pub fn is_by_canary(&self) -> bool {
        let hits = self.candidates.iter().any(|candidate| candidate.hits > 0);
        let tried = self
            .trial
            .as_ref()
            .is_some_and(|trial| !trial.found.is_empty());
        self.canary.is_some() && self.proven().is_some() && !hits && !tried
    }

    /// Adds the ways in which the password of a known account gives its value. A single way is a
    /// proof, unless common passwords say otherwise.
    pub(in crate::census) fn settle_canary(&mut self, found: Vec<TrialWay>) {
        let elsewhere = |scheme: Scheme| {
            let unsalted = self
                .candidates
                .iter()
                .filter(|own| own.hits > 0)
                .map(|own| own.scheme);
            let salted = self.trial.iter().flat_map(|trial| &trial.found);
            unsalted
                .chain(salted.map(|found| found.scheme))
                .any(|other| other != scheme)
        };
        self.verdict = match (&found[..], self.verdict) {
            ([], verdict) => verdict,
            ([only], ShapeVerdict::TooFew) if !elsewhere(only.scheme) => {
                ShapeVerdict::Proven(only.scheme)
            }
            ([only], ShapeVerdict::Ambiguous) => ShapeVerdict::Proven(only.scheme),
            ([_, ..], ShapeVerdict::Proven(scheme))
                if found.iter().all(|way| way.scheme != scheme) =>
            {
                ShapeVerdict::Mixed
            }
            ([_], ShapeVerdict::TooFew) => ShapeVerdict::Mixed,
            (_, verdict) => verdict,
        };
        self.canary = Some(found);
    }

    /// Adds what a trial with salts and names found. Hits with them and hits without them are a
    /// mixture, like any two candidates with hits.
    pub(in crate::census) fn settle(&mut self, trial: TrialEvidence) {
        let unsalted = self.candidates.iter().any(|candidate| candidate.hits > 0);
        self.verdict = match (unsalted, trial.found.is_empty(), trial.verdict) {
            (_, true, _) => verdict(&self.candidates),
            (true, false, _) | (false, false, TrialVerdict::Mixed) => ShapeVerdict::Mixed,
            (false, false, TrialVerdict::TooFew) => ShapeVerdict::TooFew,
            (false, false, TrialVerdict::Ambiguous) => ShapeVerdict::Ambiguous,
            (false, false, TrialVerdict::Proven) => {
                trial.proven().map_or(ShapeVerdict::TooFew, |found| {
                    ShapeVerdict::Proven(found.scheme)
                })
            }
        };
        self.expected_by_chance += trial.expected_by_chance;
        self.trial = Some(trial);
    }

    /// Judges for which rows the scheme holds that is proven or declared. Where it is made with a
    /// salt, its hits are not among those that were counted.
    pub(in crate::census) fn judge_coverage(&mut self, counts: CoverageCounts, declared: Declared) {
        let scheme = match declared {
            Declared::Scheme(scheme) => Some(scheme),
            Declared::Auto => self.proven(),
        };
        let candidates = self.shape.candidates();
        let place = scheme.and_then(|scheme| {
            let at = candidates.iter().position(|known| *known == scheme)?;
            Some((scheme, u8::try_from(at).ok()?))
        });
        self.coverage = place.map(|(scheme, candidate)| {
            counts.judge(CoverageQuestion {
                scheme,
                candidate,
                of_rows: self.rows,
            })
        });
    }

    /// Whether a declared scheme can't be right: another candidate is proven.
    pub fn contradicts(&self, declared: Scheme) -> bool {
        self.proven().is_some_and(|proven| proven != declared)
    }
}

pub(super) fn verdict(candidates: &[CandidateHits]) -> ShapeVerdict {
    let mut hit = candidates.iter().filter(|candidate| candidate.hits > 0);
    match (hit.next(), hit.next()) {
        (Some(_), Some(_)) => ShapeVerdict::Mixed,
        (Some(only), None) if only.hits >= HITS_MIN && only.words >= WORDS_MIN => {
            ShapeVerdict::Proven(only.scheme)
        }
        _ => ShapeVerdict::TooFew,
    }
}
