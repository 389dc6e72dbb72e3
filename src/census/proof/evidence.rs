//! What is known of a shape of bare digests, and the verdict that follows.

use crate::census::coverage::{Coverage, CoverageCounts, CoverageOfRivals, CoverageQuestion};
use crate::census::trial::{TrialEvidence, TrialVerdict, TrialWay};
use crate::census::weigh::SchemeHits;
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
    /// The schemes that are proven for rows of the empty parts.
    pub second: Vec<TrialWay>,
    /// The verdict from all of it.
    pub verdict: ShapeVerdict,
    /// The verdict from the hits without salts, outside the empty parts, and the scheme that has
    /// most of them.
    pub(in crate::census) bare: ShapeVerdict,
    pub(in crate::census) bare_leader: Option<SchemeHits>,
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
            second: Vec::new(),
            verdict: ShapeVerdict::TooFew,
            bare: ShapeVerdict::TooFew,
            bare_leader: None,
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
        // One account is one row, which others' few accounts must not outweigh.
        let elsewhere = |scheme: Scheme| {
            let canary = SchemeHits {
                scheme,
                rows: self.rows as f64,
                hits: 0.0,
                words: 0,
            };
            let bare = self.candidates.iter().filter(|own| own.hits > 0);
            let bare = bare.map(|own| own.weigh(self.rows));
            let salted = self.trial.iter().filter_map(TrialEvidence::leader);
            bare.chain(salted)
                .any(|other| other.scheme != scheme && other.speaks_against(&canary))
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
            ([only], ShapeVerdict::TooFew) if elsewhere(only.scheme) => ShapeVerdict::Mixed,
            (_, verdict) => verdict,
        };
        self.canary = Some(found);
    }

    /// Adds what a trial with salts and names found on rows that are no hits without them.
    ///
    /// Where both have enough hits, and both speak against the other, the rows are a mixture.
    pub(in crate::census) fn settle(&mut self, trial: TrialEvidence) {
        let salted = trial.leader();
        self.verdict = match (self.bare_leader, salted) {
            (_, None) => self.bare,
            (None, Some(_)) => of_trial(&trial),
            (Some(unsalted), Some(salted)) => {
                match (
                    unsalted.speaks_against(&salted),
                    salted.speaks_against(&unsalted),
                ) {
                    (_, false) => self.bare,
                    (false, true) => of_trial(&trial),
                    (true, true) => ShapeVerdict::Mixed,
                }
            }
        };
        self.expected_by_chance += trial.expected_by_chance;
        self.trial = Some(trial);
    }

    /// Judges for which rows the scheme holds that is proven or declared. Where it is made with a
    /// salt, its hits are not among those that were counted.
    ///
    /// Two schemes whose rows a division tells apart are no mixture: the one with more words is
    /// proven, but for the parts that have none of its hits.
    pub(in crate::census) fn judge_coverage(&mut self, counts: CoverageCounts, declared: Declared) {
        let scheme = match declared {
            Declared::Scheme(scheme) => Some(scheme),
            Declared::Auto => match self.verdict {
                ShapeVerdict::Proven(scheme) => Some(scheme),
                ShapeVerdict::Mixed => {
                    leader(&self.candidates, self.rows).map(|leader| leader.scheme)
                }
                ShapeVerdict::TooFew | ShapeVerdict::Ambiguous => None,
            },
        };
        let candidates = self.shape.candidates();
        let place = scheme.and_then(|scheme| {
            let at = candidates.iter().position(|known| *known == scheme)?;
            Some((scheme, u8::try_from(at).ok()?))
        });
        let Some((scheme, candidate)) = place else {
            return;
        };
        let judged = counts.judge_with_rivals(CoverageQuestion {
            scheme,
            candidate,
            of_rows: self.rows,
        });
        if declared == Declared::Auto && !judged.coverage.is_whole() {
            self.judge_again(scheme, &judged);
        }
        self.coverage = Some(judged.coverage);
    }

    /// The verdict by the hits outside the empty parts alone.
    fn judge_again(&mut self, scheme: Scheme, judged: &CoverageOfRivals) {
        let rows = judged.coverage.proven_rows;
        let mut left = self.candidates.clone();
        for (number, of) in (0..).zip(&mut left) {
            let known = judged.left.iter().find(|left| left.candidate == number);
            of.hits = known.map_or(0, |left| left.hits.round() as u64);
            of.words = known.map_or(0, |left| left.words);
        }
        let was = self.bare_leader;
        self.bare = match verdict(&left, rows) {
            ShapeVerdict::Proven(proven) if proven != scheme => ShapeVerdict::Mixed,
            verdict => verdict,
        };
        self.bare_leader = leader(&left, rows);
        self.verdict = self.bare;
        if self.verdict != ShapeVerdict::Proven(scheme) {
            return;
        }
        let rivals = self.candidates.iter().filter(|rival| {
            let of_rival = rival.weigh(self.rows);
            rival.hits > 0
                && rival.scheme != scheme
                && was.is_some_and(|leader| of_rival.speaks_against(&leader))
        });
        self.second = rivals
            .map(|rival| TrialWay {
                scheme: rival.scheme,
                inputs: Vec::new(),
                hits: rival.hits,
                words: rival.words,
                otherwise: 0,
            })
            .collect();
    }

    /// Adds what a trial found on the rows of empty parts alone.
    pub(in crate::census) fn settle_second(&mut self, trial: &TrialEvidence) {
        if let Some(way) = trial.proven() {
            self.second.retain(|known| known.scheme != way.scheme);
            self.second.push(way.clone());
        }
    }

    /// Adds what a trial found on rows that the proven way with a salt or a name does not explain.
    /// A way that is proven there, and that people can't have chosen, makes the rows a mixture.
    pub(in crate::census) fn settle_rest(&mut self, rest: &TrialEvidence) {
        let ShapeVerdict::Proven(scheme) = self.verdict else {
            return;
        };
        let Some(trial) = self.trial.as_mut() else {
            return;
        };
        let (Some(own), Some(way), Some(other)) = (trial.leader(), rest.proven(), rest.leader())
        else {
            return;
        };
        if own.scheme == scheme && other.speaks_against(&own) {
            trial
                .found
                .retain(|known| known.inputs != way.inputs || known.scheme != way.scheme);
            trial.found.push(way.clone());
            self.verdict = ShapeVerdict::Mixed;
        }
    }

    /// The schemes of a mixture, the one with the most words first: those without salts that have
    /// hits, and those that a trial found.
    pub fn several(&self) -> Vec<TrialWay> {
        if self.verdict != ShapeVerdict::Mixed {
            return Vec::new();
        }
        let bare = self.candidates.iter().filter(|of| of.hits > 0);
        let bare = bare.map(|of| TrialWay {
            scheme: of.scheme,
            inputs: Vec::new(),
            hits: of.hits,
            words: of.words,
            otherwise: 0,
        });
        let salted = self
            .trial
            .iter()
            .flat_map(|trial| trial.found.iter().cloned());
        let mut ways: Vec<TrialWay> = bare.chain(salted).collect();
        ways.sort_by_key(|way| std::cmp::Reverse((way.words, way.hits)));
        ways
    }

    /// Whether a declared scheme can't be right: another candidate is proven.
    pub fn contradicts(&self, declared: Scheme) -> bool {
        self.proven().is_some_and(|proven| proven != declared)
    }
}

/// The verdict on hits without salts.
pub(super) fn verdict(candidates: &[CandidateHits], rows: u64) -> ShapeVerdict {
    let mut hit: Vec<SchemeHits> = candidates
        .iter()
        .filter(|candidate| candidate.hits > 0)
        .map(|candidate| candidate.weigh(rows))
        .collect();
    // Of two that are alike the likelier one leads: the sort keeps their order.
    hit.sort_by_key(|of| std::cmp::Reverse(of.order()));
    match hit.split_first() {
        Some((leader, rivals)) if rivals.iter().any(|rival| rival.speaks_against(leader)) => {
            ShapeVerdict::Mixed
        }
        Some((leader, _)) if leader.is_enough() => ShapeVerdict::Proven(leader.scheme),
        _ => ShapeVerdict::TooFew,
    }
}

/// The verdict on hits with salts or names alone.
fn of_trial(trial: &TrialEvidence) -> ShapeVerdict {
    match trial.verdict {
        TrialVerdict::Mixed => ShapeVerdict::Mixed,
        TrialVerdict::TooFew => ShapeVerdict::TooFew,
        TrialVerdict::Ambiguous => ShapeVerdict::Ambiguous,
        TrialVerdict::Proven => trial.proven().map_or(ShapeVerdict::TooFew, |found| {
            ShapeVerdict::Proven(found.scheme)
        }),
    }
}

/// The candidate with the most words, if any has hits.
pub(super) fn leader(candidates: &[CandidateHits], rows: u64) -> Option<SchemeHits> {
    let hit = candidates.iter().filter(|candidate| candidate.hits > 0);
    hit.map(|candidate| candidate.weigh(rows))
        .rev()
        .max_by_key(SchemeHits::order)
}

impl CandidateHits {
    fn weigh(&self, rows: u64) -> SchemeHits {
        SchemeHits {
            scheme: self.scheme,
            rows: rows as f64,
            hits: self.hits as f64,
            words: self.words,
        }
    }
}
