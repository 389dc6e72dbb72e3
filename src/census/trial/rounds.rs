//! A trial under way: a sample of rows, rounds of words, and the hits.

use std::fmt;

use zeroize::Zeroizing;

use super::evidence::{TrialEvidence, TrialVerdict, TrialWay, WayInput};
use super::hypothesis::{self, Beside, Hypothesis, Need, NeedSource, TrialSources, hypotheses};
use crate::census::weigh::SchemeHits;
use crate::census::words::words;
use crate::scheme::{Context, Scheme, Shape, make, take};
use crate::secret::{InnerSalt, SiteSalts};

/// How many of the most common passwords are tried on each row.
pub const TRIAL_WORDS: usize = 1_000;
/// How many rows of a shape are tried.
pub const TRIAL_ROWS: usize = 1_000;
/// The longest salt, in bytes. A longer value is no salt.
const SALT_BYTES_MAX: usize = 256;
/// The words of each round. A round goes over all rows, because the most common words hit most.
const ROUNDS: [std::ops::Range<usize>; 4] = [0..20, 20..100, 100..300, 300..TRIAL_WORDS];
/// The rounds of a quick trial: the first hundred words.
const QUICK_ROUNDS: usize = 2;

/// A trial of one shape.
pub struct Trial {
    shape: Shape,
    sources: TrialSources,
    pub(super) hypotheses: Vec<Hypothesis>,
    pub(super) rows: Vec<Sampled>,
    /// The word that was found, by hypothesis and then by row.
    pub(super) found: Vec<Vec<Option<u16>>>,
    /// The rows that were found otherwise than read, by hypothesis.
    otherwise: Vec<u64>,
    pub(super) tries: u64,
    /// How many rounds are tried.
    rounds: usize,
    /// The next unit: the numbers of a round and of a row.
    next: (usize, usize),
}

/// A row of the sample, taken apart.
pub(super) struct Sampled {
    pub(super) digest: Zeroizing<String>,
    pub(super) setting: InnerSalt,
    beside: Vec<BesideValue>,
    site: Option<SiteSalts>,
}

/// What a column beside a value may have been to a digest.
#[derive(Clone, Debug, Default)]
pub struct BesideValue {
    /// As it was read.
    pub read: Option<InnerSalt>,
    /// As an application may also have had it, where its column pads.
    pub otherwise: Option<InnerSalt>,
}

/// Which of the two is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SaltReading {
    AsRead,
    Otherwise,
}

/// One row in one round.
#[derive(Clone, Copy, Debug)]
pub struct Unit {
    round: usize,
    row: usize,
}

/// What one unit found.
#[derive(Clone, Debug)]
pub struct Attempt {
    row: usize,
    tries: u64,
    hits: Vec<Hit>,
}

#[derive(Clone, Copy, Debug)]
struct Hit {
    hypothesis: usize,
    word: u16,
    reading: SaltReading,
}

/// Blind: it holds digests and salts.
impl fmt::Debug for Trial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Trial")
            .field("shape", &self.shape.as_str())
            .finish_non_exhaustive()
    }
}

impl Trial {
    /// A trial of a shape in a table with these columns; none where there is nothing to try.
    pub fn new(shape: Shape, beside: Vec<Beside>) -> Option<Self> {
        Self::with_sources(shape, TrialSources { beside, site: None })
    }

    /// A trial of a shape with these columns and site-wide salts; none where there is nothing to
    /// try.
    pub fn with_sources(shape: Shape, sources: TrialSources) -> Option<Self> {
        let hypotheses = hypotheses(shape, &sources);
        (!hypotheses.is_empty()).then(|| Self::of(shape, sources, hypotheses))
    }

    pub(super) fn of(shape: Shape, sources: TrialSources, hypotheses: Vec<Hypothesis>) -> Self {
        Self {
            shape,
            found: vec![Vec::new(); hypotheses.len()],
            otherwise: vec![0; hypotheses.len()],
            hypotheses,
            sources,
            rows: Vec::new(),
            tries: 0,
            rounds: ROUNDS.len(),
            next: (0, 0),
        }
    }

    /// The same trial with the most common words alone: enough to contradict a scheme that is
    /// declared.
    #[must_use]
    pub fn quick(mut self) -> Self {
        self.rounds = QUICK_ROUNDS;
        self
    }

    /// The same trial with one scheme more: a user's own.
    #[must_use]
    pub fn with(mut self, scheme: Scheme) -> Self {
        if !self.hypotheses.iter().any(|known| known.scheme == scheme) {
            hypothesis::add(
                &mut self.hypotheses,
                scheme,
                self.shape,
                &self.sources.beside,
            );
            self.found.resize(self.hypotheses.len(), Vec::new());
            self.otherwise.resize(self.hypotheses.len(), 0);
        }
        self
    }

    /// Adds a row to the sample, with the values of its columns. A row of another shape is passed
    /// over.
    pub fn row<'v>(&mut self, value: &[u8], beside: impl IntoIterator<Item = Option<&'v [u8]>>) {
        let as_read = |read: Option<&[u8]>| BesideValue {
            read: read.map(InnerSalt::new),
            otherwise: None,
        };
        self.row_beside(value, beside.into_iter().map(as_read));
    }

    /// The same where a column may have been two things.
    pub fn row_beside(&mut self, value: &[u8], beside: impl IntoIterator<Item = BesideValue>) {
        let Some(first) = self.hypotheses.first() else {
            return;
        };
        let Some(taken) = take(value, first.scheme) else {
            return;
        };
        let salt = |salt: &InnerSalt| (1..=SALT_BYTES_MAX).contains(&salt.as_bytes().len());
        self.rows.push(Sampled {
            digest: taken.text,
            setting: InnerSalt::new(taken.setting),
            beside: beside
                .into_iter()
                .map(|value| BesideValue {
                    read: value.read.filter(salt),
                    otherwise: value.otherwise.filter(salt),
                })
                .collect(),
            site: self.sources.site.clone(),
        });
        for found in &mut self.found {
            found.push(None);
        }
    }

    /// The most digests that the next unit takes.
    pub fn unit_tries(&self) -> usize {
        let words = ROUNDS.get(self.next.0).map_or(0, std::ops::Range::len);
        words * self.hypotheses.len()
    }

    /// The next units: at most `most`, and all of one round. Empty when nothing is left to try.
    pub fn units(&mut self, most: usize) -> Vec<Unit> {
        let mut units = Vec::new();
        let (round, mut row) = self.next;
        if round >= self.rounds {
            return units;
        }
        while row < self.rows.len() && units.len() < most {
            // A row has one password, and that of this row has been found.
            if !self.is_found(row) {
                units.push(Unit { round, row });
            }
            row += 1;
        }
        self.next = (round, row);
        if row == self.rows.len() {
            self.next = (round + 1, 0);
            if units.is_empty() {
                return self.units(most);
            }
        }
        units
    }

    /// Tries one unit. It changes nothing, so several threads can try units at once.
    pub fn attempt(&self, unit: Unit) -> Attempt {
        let mut attempt = Attempt {
            row: unit.row,
            tries: 0,
            hits: Vec::new(),
        };
        let (Some(row), Some(words_of)) = (self.rows.get(unit.row), ROUNDS.get(unit.round)) else {
            return attempt;
        };
        for (number, hypothesis) in self.hypotheses.iter().enumerate() {
            let setting = row.setting.as_bytes();
            for reading in [SaltReading::AsRead, SaltReading::Otherwise] {
                let Some(context) = hypothesis.context(row, reading) else {
                    continue;
                };
                let words = (0..).zip(words()).take(words_of.end).skip(words_of.start);
                for (word, password) in words {
                    attempt.tries += 1;
                    let made = make(hypothesis.scheme, setting, password.as_bytes(), &context);
                    if let Ok(Some(made)) = made
                        && *made == *row.digest
                    {
                        attempt.hits.push(Hit {
                            hypothesis: number,
                            word,
                            reading,
                        });
                    }
                }
            }
        }
        attempt
    }

    /// Adds what a unit found.
    pub fn add(&mut self, attempt: &Attempt) {
        self.tries += attempt.tries;
        for hit in &attempt.hits {
            let place = self
                .found
                .get_mut(hit.hypothesis)
                .and_then(|rows| rows.get_mut(attempt.row));
            if let Some(place @ None) = place {
                *place = Some(hit.word);
                self.otherwise[hit.hypothesis] += u64::from(hit.reading == SaltReading::Otherwise);
            }
        }
    }

    /// Tries everything on this thread, with at most about `tries_max` digests.
    pub fn run(&mut self, tries_max: u64) {
        while self.tries < tries_max && !self.has_leader() {
            let units = self.units(1);
            if units.is_empty() {
                return;
            }
            for unit in units {
                let attempt = self.attempt(unit);
                self.add(&attempt);
            }
        }
    }

    /// Whether every row has been tried with the most common words.
    pub fn first_round_is_over(&self) -> bool {
        self.next.0 > 0
    }

    /// Whether a round is over and one way is proven, so that only a mixture could still be found.
    pub fn has_leader(&self) -> bool {
        self.next.0 > 0
            && self.next.1 == 0
            && matches!(self.evidence().verdict, TrialVerdict::Proven)
    }

    /// What was found so far.
    pub fn evidence(&self) -> TrialEvidence {
        let mut with_hits: Vec<usize> = (0..self.hypotheses.len())
            .filter(|at| self.found[*at].iter().any(Option::is_some))
            .collect();
        with_hits.sort_by_key(|at| {
            (
                std::cmp::Reverse(self.weigh(*at, None).order()),
                !self.describe(*at).is_declared(),
            )
        });
        TrialEvidence {
            rows: self.rows.len() as u64,
            words: ROUNDS[self.rounds - 1].end as u64,
            ways: self.hypotheses.len() as u64,
            columns: self
                .sources
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
        let of_leader = self.weigh(*leader, None);
        // What both ways explain speaks for neither.
        let is_against = |other: &usize| {
            let own = self.weigh(*other, Some(*leader));
            own.hits > 0.0 && own.speaks_against(&of_leader)
        };
        if others.iter().any(is_against) {
            return TrialVerdict::Mixed;
        }
        if !of_leader.is_enough() {
            return TrialVerdict::TooFew;
        }
        // Between two ways that can't be told apart, the columns that the credential names decide.
        let named = self.describe(*leader).is_declared();
        let is_rival = |other: &usize| {
            let yields = named && !self.describe(*other).is_declared();
            let (is_enough, without) = (
                self.weigh(*other, None).is_enough(),
                self.weigh(*leader, Some(*other)),
            );
            !yields && is_enough && !without.is_enough()
        };
        if others.iter().any(is_rival) {
            TrialVerdict::Ambiguous
        } else {
            TrialVerdict::Proven
        }
    }

    /// The hits of a way, without rows that another way found too.
    fn weigh(&self, at: usize, without: Option<usize>) -> SchemeHits {
        let (hits, words) = self.hits(at, without);
        SchemeHits {
            scheme: self.hypotheses[at].scheme,
            rows: self.rows.len() as f64,
            hits: hits as f64,
            words,
        }
    }

    /// The numbers of rows and of words that a way found, without rows that another way found too.
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

    pub(super) fn describe(&self, at: usize) -> TrialWay {
        let hypothesis = &self.hypotheses[at];
        let (hits, words) = self.hits(at, None);
        TrialWay {
            scheme: hypothesis.scheme,
            inputs: hypothesis
                .inputs
                .iter()
                .map(|(slot, source)| match source {
                    NeedSource::Value => WayInput {
                        slot: *slot,
                        column: None,
                        declared: true,
                    },
                    NeedSource::Beside(at) => WayInput {
                        slot: *slot,
                        column: Some(self.sources.beside[*at].name.clone()),
                        declared: self.sources.beside[*at].declared_as.contains(slot),
                    },
                })
                .collect(),
            hits,
            words,
            otherwise: self.otherwise[at],
        }
    }

    /// The columns beside the value, and the site-wide salts.
    pub(super) fn into_sources(self) -> TrialSources {
        self.sources
    }

    fn is_found(&self, row: usize) -> bool {
        self.found
            .iter()
            .any(|rows| rows.get(row).is_some_and(Option::is_some))
    }
}

impl Hypothesis {
    /// What the scheme takes from a row; none where the row lacks it, or where it has no other
    /// reading.
    pub(super) fn context<'r>(
        &self,
        row: &'r Sampled,
        reading: SaltReading,
    ) -> Option<Context<'r>> {
        let mut context = Context {
            site: row.site.as_ref(),
            ..Context::default()
        };
        let mut differs = reading == SaltReading::AsRead;
        for (slot, source) in &self.inputs {
            let value = match source {
                // The salt in the value itself is passed as its setting.
                NeedSource::Value => continue,
                NeedSource::Beside(at) => {
                    let BesideValue { read, otherwise } = row.beside.get(*at)?;
                    match otherwise {
                        Some(other) if reading == SaltReading::Otherwise => {
                            differs = true;
                            other
                        }
                        _ => read.as_ref()?,
                    }
                }
            };
            match slot {
                Need::Salt => context.salt = Some(value),
                Need::Salt2 => context.salt2 = Some(value),
                Need::Username => {
                    context.username = Some(std::str::from_utf8(value.as_bytes()).ok()?);
                }
                Need::UserId => {
                    context.user_id = Some(std::str::from_utf8(value.as_bytes()).ok()?);
                }
            }
        }
        differs.then_some(context)
    }
}
