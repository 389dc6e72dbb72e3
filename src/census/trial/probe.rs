//! One way alone, tried on many rows: for which rows does its proof hold?

use super::evidence::TrialWay;
use super::hypothesis::{Beside, Hypothesis, TrialSources, hypotheses};
use super::rounds::{BesideValue, SaltReading, Trial};
use crate::census::words::words;
use crate::scheme::{Context, Shape, make};
use crate::secret::SiteSalts;

/// How many rows are tried under the way that is proven.
pub const PROBE_ROWS: usize = 20_000;
/// How many words are tried on each of them.
pub const PROBE_WORDS: usize = 100;

/// A way that is tried row by row. Several threads can share it.
pub struct WayProbe {
    shape: Shape,
    sources: TrialSources,
    way: Hypothesis,
}

impl WayProbe {
    /// A probe of a way that a trial found in a table with these columns; none where the columns
    /// are others.
    pub fn new(shape: Shape, beside: Vec<Beside>, way: &TrialWay) -> Option<Self> {
        let sources = TrialSources { beside, site: None };
        let all = hypotheses(shape, &sources);
        let trial = Trial::of(shape, sources, all).with(way.scheme);
        let at = (0..trial.hypotheses.len()).find(|at| {
            let known = trial.describe(*at);
            known.scheme == way.scheme && known.inputs == way.inputs
        })?;
        let way = trial.hypotheses[at].clone();
        Some(Self {
            shape,
            sources: trial.into_sources(),
            way,
        })
    }

    /// The same with the site-wide salts that the way may take.
    #[must_use]
    pub fn with_site(mut self, site: Option<SiteSalts>) -> Self {
        self.sources.site = site;
        self
    }

    /// The number of the common password that gives the row's value; none if there is no such
    /// password.
    pub fn try_row(
        &self,
        value: &[u8],
        beside: impl IntoIterator<Item = BesideValue>,
    ) -> Option<u16> {
        let mut one = Trial::of(self.shape, self.sources.clone(), vec![self.way.clone()]);
        one.row_beside(value, beside);
        let row = one.rows.first()?;
        let setting = row.setting.as_bytes();
        let gives = |word: &str, context: &Context<'_>| {
            let made = make(self.way.scheme, setting, word.as_bytes(), context);
            matches!(made, Ok(Some(made)) if *made == *row.digest)
        };
        let contexts = [SaltReading::AsRead, SaltReading::Otherwise]
            .into_iter()
            .filter_map(|reading| self.way.context(row, reading));
        contexts
            .filter_map(|context| {
                let mut words = (0..).zip(words()).take(PROBE_WORDS);
                words.find(|(_, word)| gives(word, &context))
            })
            .map(|(number, _)| number)
            .next()
    }
}
