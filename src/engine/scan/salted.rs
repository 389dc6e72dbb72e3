//! The proof of salted schemes. A sample of rows is read with the columns beside the value. Common
//! passwords are tried on them on every core until the time is up.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use crate::census::{
    Attempt, Beside, BesideValue, ColumnCensus, Coverage, CoverageCounts, CoverageQuestion,
    Divider, DividerValue, Need, Part, Reservoir, RowHit, ShapeEvidence, ShapeVerdict, TRIAL_ROWS,
    Trial, TrialEvidence, TrialSources, TrialWay, WayProbe, open_with,
};
use crate::config::{Credential, EmptySalt, OtherTable};
use crate::engine::error::EngineError;
use crate::engine::event::{Event, Observer};
use crate::engine::hash::threads::{on_pool, pool};
use crate::engine::request::CanaryLogin;
use crate::engine::session::Session;
use crate::failpoint::is_armed;
use crate::scheme::{Declared, Needs, Recognised, Scheme, Shape};
use crate::secret::InnerSalt;
use crate::store::{Companion, CredentialColumn, DividerColumn, Key, Row, read_keys, read_login};
use crate::text::in_charset;

/// The keys of a random sample of each shape's rows, of those that are no digest of a common
/// password under a scheme that takes nothing else.
pub(crate) struct Samples(Vec<Reservoir<Key>>);

/// So many rows of a shape are sampled. The proof is made with the first of them; all of them show
/// for which rows it holds.
const SAMPLE_ROWS: usize = 10_000;

/// After a scheme is proven, others are tried for so long at the most.
const OTHERS_TIME: Duration = Duration::from_secs(2);

/// What a column's proof works with.
pub(crate) struct Proving<'a> {
    /// The census, which takes in what is found.
    pub(crate) census: &'a mut ColumnCensus,
    /// The rows to try.
    pub(crate) samples: Samples,
    /// The columns that divide the rows.
    pub(crate) dividers: &'a [DividerColumn],
    /// The keys of the hashes that count in them.
    pub(crate) hash_keys: [u64; 2],
    /// How long to try.
    pub(crate) time: Duration,
}

/// More columns than this are not tried beside a value.
const BESIDE_MAX: usize = 12;

/// One batch of work on all threads is about so many digests each: some tens of milliseconds.
const THREAD_TRIES: usize = 50_000;

impl Samples {
    pub(crate) fn new(seed: u64) -> Self {
        let seeds = (0..).map(|at| seed.rotate_left(at));
        Self(
            seeds
                .take(Shape::ALL.len())
                .map(|seed| Reservoir::new(SAMPLE_ROWS, seed))
                .collect(),
        )
    }

    /// The sample of a shape.
    pub(crate) fn of(&mut self, shape: Shape) -> &mut Reservoir<Key> {
        &mut self.0[shape.index()]
    }
}

/// Whether a credential's rows are sampled at all. A declared scheme that takes nothing but the
/// password is proven without.
pub(crate) fn samples_wanted(credential: &Credential) -> bool {
    match credential.scheme {
        Declared::Auto => true,
        Declared::Scheme(scheme) => scheme.shape().is_some() && scheme.needs() != Needs::default(),
    }
}

/// Tries salted schemes on the shapes of a column that need it, and adds what is found to the
/// census. Returns how long it took.
///
/// What was proven without a salt is tried too: the rows without a hit may be of another scheme.
pub(crate) async fn prove(
    session: &mut Session<'_>,
    at: usize,
    proving: Proving<'_>,
    observer: &dyn Observer,
) -> Result<Duration, EngineError> {
    let begun = Instant::now();
    // Who gives no time wants none of this.
    if session.proof.time.is_zero() {
        return Ok(Duration::ZERO);
    }
    let Proving {
        census,
        samples,
        dividers,
        hash_keys,
        time,
    } = proving;
    let credential = &session.settings.credentials[at];
    let all = beside(&session.columns[at], credential);
    for (shape, sample) in Shape::ALL.into_iter().zip(samples.0) {
        let Some(evidence) = census.evidence(shape) else {
            continue;
        };
        let Some(task) = task(credential, evidence) else {
            continue;
        };
        let maker = TrialMaker {
            shape,
            sources: TrialSources {
                beside: all.clone(),
                site: credential.site.clone(),
            },
            task,
        };
        if maker.make().is_none() {
            continue;
        }
        let what = format!("trying salts of {}", credential.name);
        observer.on(None, &Event::Preparing { what });
        let companions = companions(&all, credential);
        let column = session.columns[at]
            .with_companions(&companions)?
            .with_dividers(dividers);
        let keys = sample.into_sample();
        // One part has few rows of the first thousand perhaps.
        let first = match is_whole(evidence) {
            true => keys.len().min(TRIAL_ROWS),
            false => keys.len(),
        };
        let rows = read_keys(&mut session.conn, &column, &keys[..first]).await?;
        let mut sample = SampledRows {
            rows: Arc::new(rows.into_iter().flatten().collect()),
            companions: &companions,
            dividers,
        };
        let left = time.saturating_sub(begun.elapsed());
        let others = TrialWork {
            threads: session.proof.threads,
            left: left.min(OTHERS_TIME),
        };
        let work = match maker.task.others_alone {
            true => others,
            false => TrialWork { left, ..others },
        };
        settle_parts(census, &maker, &sample, work).await?;
        let Some(way) = salted_way(census, shape, credential.scheme) else {
            continue;
        };
        let more = read_keys(&mut session.conn, &column, &keys[first..]).await?;
        sample.add(more.into_iter().flatten());
        let covering = Covering {
            sources: &maker.sources,
            way: &way,
            shape,
            of_rows: census.evidence(shape).map_or(0, |evidence| evidence.rows),
            hash_keys,
            empty_salt: session.settings.credentials[at].companions.empty_salt,
        };
        let Some((coverage, words)) = cover(covering, &sample, session.proof.threads).await? else {
            continue;
        };
        let is_whole = coverage.is_whole();
        census.settle_coverage(shape, coverage);
        if !is_whole {
            settle_parts(census, &maker, &sample, work).await?;
        }
        // What is declared is contradicted by a proof alone, and no mixture.
        if credential.scheme != Declared::Auto {
            continue;
        }
        let without = (sample.rows.iter().zip(words)).filter(|(_, word)| word.is_none());
        let without: Vec<&Row> = without.map(|(row, _)| row).collect();
        settle_rest(census, &maker, (&sample, without), others).await?;
    }
    Ok(begun.elapsed())
}

/// The rows of a sample, with all that was read beside their values.
struct SampledRows<'a> {
    rows: Arc<Vec<Row>>,
    companions: &'a [Companion],
    dividers: &'a [DividerColumn],
}

/// How a trial is worked off.
#[derive(Clone, Copy)]
struct TrialWork {
    threads: Option<usize>,
    left: Duration,
}

/// How the trials of a shape are made.
struct TrialMaker {
    shape: Shape,
    sources: TrialSources,
    task: TrialTask,
}

impl TrialMaker {
    /// A trial of the shape; none where there is nothing to try.
    fn make(&self) -> Option<Trial> {
        let trial = Trial::with_sources(self.shape, self.sources.clone())?;
        let declared = self.task.declared.iter().copied();
        let trial = declared.fold(trial, Trial::with);
        Some(if self.task.others_alone {
            trial.quick()
        } else {
            trial
        })
    }
}

impl SampledRows<'_> {
    fn add(&mut self, more: impl Iterator<Item = Row>) {
        // Nobody else has the rows: no thread is at work.
        if let Some(rows) = Arc::get_mut(&mut self.rows) {
            rows.extend(more);
        }
    }

    /// Gives the first of some rows to a trial.
    fn fill<'r>(&self, trial: &mut Trial, rows: impl IntoIterator<Item = &'r Row>) {
        for row in rows.into_iter().take(TRIAL_ROWS) {
            if let Some(value) = row.value() {
                let beside = self.companions.iter().map(|one| beside_of(row, one));
                trial.row_beside(value, beside);
            }
        }
    }

    fn divisions(&self) -> Vec<Divider> {
        let dividers = self.dividers.iter();
        dividers.map(|column| column.divider.clone()).collect()
    }

    /// What a row has in the columns that divide the rows.
    fn divided<'r>(&self, row: &'r Row) -> Vec<DividerValue<'r>> {
        (0..self.dividers.len())
            .map(|number| row.divided(number).unwrap_or(DividerValue::Unread))
            .collect()
    }

    /// Whether a row is in one of the parts.
    fn is_in(&self, parts: &[Part], row: &Row) -> bool {
        let value = row.value().unwrap_or_default();
        parts.iter().any(|part| {
            let mut columns = self.dividers.iter();
            let number = columns.position(|column| column.divider.name == part.divider);
            let beside = number.and_then(|number| row.divided(number));
            part.has(value, beside.unwrap_or(DividerValue::Unread))
        })
    }
}

/// Tries the rows for which the proof may hold. Then it tries those of the parts without hits: they
/// are of another scheme, which has a name perhaps.
async fn settle_parts(
    census: &mut ColumnCensus,
    maker: &TrialMaker,
    sample: &SampledRows<'_>,
    work: TrialWork,
) -> Result<(), EngineError> {
    let parts = empty_parts(census, maker.shape);
    let (inside, outside): (Vec<&Row>, Vec<&Row>) =
        (sample.rows.iter()).partition(|row| sample.is_in(&parts, row));
    for (rows, is_inside) in [(outside, false), (inside, true)] {
        let Some(mut trial) = maker.make().filter(|_| !is_inside || !rows.is_empty()) else {
            continue;
        };
        sample.fill(&mut trial, rows);
        let found = try_for(trial, work.left, work.threads).await?;
        if is_inside {
            census.settle_second(maker.shape, &found);
        } else {
            census.settle(maker.shape, found);
        }
    }
    Ok(())
}

/// Tries the rows that the proven way does not explain, and that no kept part has, with every other
/// way.
async fn settle_rest(
    census: &mut ColumnCensus,
    maker: &TrialMaker,
    (sample, without_hit): (&SampledRows<'_>, Vec<&Row>),
    work: TrialWork,
) -> Result<(), EngineError> {
    let parts = empty_parts(census, maker.shape);
    let Some(trial) = maker.make() else {
        return Ok(());
    };
    let mut trial = trial.quick();
    let rows = without_hit.into_iter();
    sample.fill(&mut trial, rows.filter(|row| !sample.is_in(&parts, row)));
    let found = try_for(trial, work.left, work.threads).await?;
    census.settle_rest(maker.shape, &found);
    Ok(())
}

fn empty_parts(census: &ColumnCensus, shape: Shape) -> Vec<Part> {
    let coverage = census.evidence(shape).and_then(|of| of.coverage.as_ref());
    coverage.map_or(Vec::new(), |coverage| coverage.empty.clone())
}

/// The way with a salt or a name that is proven, declared, or leads in a mixture.
fn salted_way(census: &ColumnCensus, shape: Shape, declared: Declared) -> Option<TrialWay> {
    let evidence = census.evidence(shape)?;
    let found = || evidence.trial.iter().flat_map(|trial| &trial.found);
    // What is declared is so for rows with their salt.
    let declared = match shape.missing_salt() {
        Some(_) => Declared::Auto,
        None => declared,
    };
    let way = match declared {
        Declared::Scheme(scheme) if !scheme.is_open() => found().find(|way| way.scheme == scheme),
        Declared::Scheme(_) | Declared::Auto => match evidence.verdict {
            ShapeVerdict::Proven(_) => evidence.way(),
            // Where the leader takes no salt, the pass over the column has judged it.
            ShapeVerdict::Mixed if evidence.coverage.is_none() => found().next(),
            _ => None,
        },
    };
    way.cloned()
}

/// A way whose rows are judged.
struct Covering<'a> {
    sources: &'a TrialSources,
    way: &'a TrialWay,
    shape: Shape,
    of_rows: u64,
    hash_keys: [u64; 2],
    empty_salt: Option<EmptySalt>,
}

impl Covering<'_> {
    /// Whether a row lacks a salt that the application takes for an empty one. Such a row is of the
    /// way by the configuration's word, and no password is tried on it.
    fn takes_nothing_for_salt(&self, row: &Row, companions: &[Companion]) -> bool {
        let is_salt = |beside: &Beside| {
            self.way.inputs.iter().any(|input| {
                matches!(input.slot, Need::Salt | Need::Salt2)
                    && input.column.as_ref() == Some(&beside.name)
            })
        };
        let mut beside = companions.iter().zip(&self.sources.beside);
        self.empty_salt == Some(EmptySalt::Empty)
            && beside
                .any(|(companion, beside)| is_salt(beside) && row.companion_is_empty(companion))
    }
}

/// For which rows a way holds, judged on a sample, and the word that each row has; none where its
/// columns are others.
async fn cover(
    covering: Covering<'_>,
    sample: &SampledRows<'_>,
    threads: Option<usize>,
) -> Result<Option<(Coverage, Vec<Option<u16>>)>, EngineError> {
    let (shape, way) = (covering.shape, covering.way);
    let Some(probe) = WayProbe::new(shape, covering.sources.beside.clone(), way) else {
        return Ok(None);
    };
    let probe = probe.with_site(covering.sources.site.clone());
    let pool = pool(threads)?;
    let rows = Arc::clone(&sample.rows);
    let companions = sample.companions.to_vec();
    let tried = on_pool(&pool, move || {
        let one = |row: &Row| {
            let beside = companions.iter().map(|one| beside_of(row, one));
            probe.try_row(row.value()?, beside)
        };
        rows.par_iter().map(one).collect::<Vec<Option<u16>>>()
    });
    let words = tried.await?;
    let mut counts = CoverageCounts::new(&sample.divisions(), covering.hash_keys);
    for (row, word) in sample.rows.iter().zip(&words) {
        if covering.takes_nothing_for_salt(row, sample.companions) {
            continue;
        }
        let hit = word.map(|word| RowHit { candidate: 0, word });
        counts.row(row.value().unwrap_or_default(), hit, sample.divided(row));
    }
    let coverage = counts.judge(CoverageQuestion {
        scheme: way.scheme,
        candidate: 0,
        of_rows: covering.of_rows,
    });
    Ok(Some((coverage, words)))
}

/// Tries the account whose password is known. Returns whether the column has it.
pub(crate) async fn prove_by_canary(
    session: &mut Session<'_>,
    at: usize,
    census: &mut ColumnCensus,
    canary: &CanaryLogin,
) -> Result<bool, EngineError> {
    let credential = &session.settings.credentials[at];
    let all = beside(&session.columns[at], credential);
    let companions = companions(&all, credential);
    let column = session.columns[at].with_companions(&companions)?;
    let rows = read_login(&mut session.conn, &column, &canary.login)
        .await?
        .into_rows();
    let row = match &rows[..] {
        [] => return Ok(false),
        [row] => row,
        _ => {
            return Err(EngineError::refused(
                format!(
                    "the login of --canary-login stands in more than one row of credential {}",
                    credential.name
                ),
                "name an account that is there once",
            ));
        }
    };
    if let Some(value) = row.value()
        && let Recognised::Digest {
            shape,
            scheme: None,
        } = credential.recognise(Some(value))
    {
        let values = companions.iter().map(|one| beside_of(row, one));
        let sources = TrialSources {
            beside: all.clone(),
            site: credential.site.clone(),
        };
        let mut found = open_with(shape, sources, (value, values), &canary.password);
        if let Some(charset) = credential.charset
            && let Some(other) = in_charset(&canary.password, charset)
            && found.is_empty()
        {
            let values = companions.iter().map(|one| beside_of(row, one));
            let sources = TrialSources {
                beside: all.clone(),
                site: credential.site.clone(),
            };
            found = open_with(shape, sources, (value, values), &other);
        }
        census.settle_canary(shape, found);
    }
    Ok(true)
}

/// What is to be tried on a shape.
struct TrialTask {
    /// Schemes that are tried beside those of the shape.
    declared: Vec<Scheme>,
    /// Whether a scheme is known already, and the most common words are enough to contradict it.
    others_alone: bool,
}

impl TrialTask {
    /// The schemes of the shape.
    fn of_evidence(evidence: &ShapeEvidence) -> Self {
        Self {
            declared: Vec::new(),
            others_alone: matches!(
                evidence.verdict,
                ShapeVerdict::Proven(_) | ShapeVerdict::Mixed
            ),
        }
    }
}

fn task(credential: &Credential, evidence: &ShapeEvidence) -> Option<TrialTask> {
    if evidence.shape.missing_salt().is_some() {
        return Some(TrialTask::of_evidence(evidence));
    }
    let of_shape = |scheme: Scheme| scheme.shape() == Some(evidence.shape.without_salt());
    match credential.scheme {
        // The proof has to tell which line of the site-wide salts it is.
        Declared::Scheme(open) if open.is_open() => {
            let site = credential.site.as_ref()?;
            of_shape(open).then(|| TrialTask {
                declared: open.with_site_lines(site),
                others_alone: false,
            })
        }
        Declared::Scheme(scheme) => {
            (of_shape(scheme) && scheme.needs() != Needs::default()).then(|| TrialTask {
                declared: vec![scheme],
                others_alone: true,
            })
        }
        Declared::Auto => Some(TrialTask::of_evidence(evidence)),
    }
}

/// Whether no part of the rows is known to have none of its hits.
fn is_whole(evidence: &ShapeEvidence) -> bool {
    (evidence.coverage.as_ref()).is_none_or(Coverage::is_whole)
}

/// The columns to try beside a value: the credential's own first, then what is called a salt, a
/// name, an id.
fn beside(column: &CredentialColumn, credential: &Credential) -> Vec<Beside> {
    let mut found: Vec<(usize, Beside)> = Vec::new();
    for (slot, other) in other_tables(credential) {
        let beside = Beside {
            name: other.label(),
            tried_as: vec![slot],
            declared_as: vec![slot],
        };
        found.push((0, beside));
    }
    for named in column.companion_columns(credential) {
        let is = |declared: Option<&str>| declared == Some(named.name.as_str());
        let declared = [
            (Need::Salt, is(credential.salt.as_deref())),
            (Need::Salt2, is(credential.salt2.as_deref())),
            (Need::Username, is(credential.username_column())),
            (Need::UserId, is(credential.key.first().map(String::as_str))),
        ];
        let is_declared = |slot| declared.contains(&(slot, true));
        let mut tried = vec![Need::Salt];
        if named.is_salt || is_declared(Need::Salt2) {
            tried.push(Need::Salt2);
        }
        // A name that is declared as the salt is tried as the salt alone. One of two ways to say
        // the same is enough.
        if !is_declared(Need::Salt) {
            if named.is_name || is_declared(Need::Username) {
                tried.push(Need::Username);
            }
            // The user's id can't be had from elsewhere than the key.
            if is_declared(Need::UserId) {
                tried.push(Need::UserId);
            }
        }
        let declared_as: Vec<Need> = declared
            .iter()
            .filter(|(_, is)| *is)
            .map(|(slot, _)| *slot)
            .collect();
        let place = match (declared_as.is_empty(), named.is_salt, named.is_name) {
            (false, _, _) => 0,
            (true, true, _) => 1,
            (true, false, true) => 2,
            (true, false, false) => 3,
        };
        found.push((
            place,
            Beside {
                name: named.name,
                tried_as: tried,
                declared_as,
            },
        ));
    }
    found.sort_by_key(|(place, _)| *place);
    found.truncate(BESIDE_MAX);
    found.into_iter().map(|(_, column)| column).collect()
}

/// What a column of a row may have been to a digest.
fn beside_of(row: &Row, companion: &Companion) -> BesideValue {
    let salt = |bytes: Option<Cow<'_, [u8]>>| bytes.map(|bytes| InnerSalt::new(&*bytes));
    BesideValue {
        read: salt(row.companion(companion)),
        otherwise: salt(row.companion_otherwise(companion)),
    }
}

/// What stands in other tables.
fn other_tables(credential: &Credential) -> impl Iterator<Item = (Need, &OtherTable)> {
    let rules = &credential.companions;
    let all = [
        (Need::Salt, &rules.salt),
        (Need::Salt2, &rules.salt2),
        (Need::Username, &rules.username),
    ];
    all.into_iter()
        .filter_map(|(slot, other)| Some((slot, other.as_ref()?)))
}

/// How the columns are read. One of another table has a dot in its name, and its own place.
fn companions(beside: &[Beside], credential: &Credential) -> Vec<Companion> {
    let of = |column: &Beside| {
        let other = other_tables(credential)
            .find(|(slot, other)| column.declared_as == [*slot] && other.label() == column.name);
        match other.map(|(slot, _)| slot) {
            Some(Need::Salt) => Companion::Salt,
            Some(Need::Salt2) => Companion::Salt2,
            Some(Need::Username) => Companion::Username,
            Some(Need::UserId) | None => Companion::Named(column.name.clone()),
        }
    };
    beside.iter().map(of).collect()
}

/// Runs a trial on all threads until it is over, proven or out of time.
///
/// The first round is always tried whole. Otherwise a host that is busy would prove less than
/// another: the time may be over before the rows have been read.
async fn try_for(
    mut trial: Trial,
    limit: Duration,
    threads: Option<usize>,
) -> Result<TrialEvidence, EngineError> {
    let begun = Instant::now();
    let pool = pool(threads)?;
    let threads = pool.current_num_threads();
    loop {
        let is_time_over = is_armed("no-proof-time") || begun.elapsed() >= limit;
        if trial.has_leader() || (is_time_over && trial.first_round_is_over()) {
            break;
        }
        let most = (THREAD_TRIES / trial.unit_tries().max(1)).max(1);
        let units = trial.units(threads * most);
        if units.is_empty() {
            break;
        }
        let tried = on_pool(&pool, move || {
            let attempts: Vec<Attempt> =
                units.par_iter().map(|unit| trial.attempt(*unit)).collect();
            (trial, attempts)
        });
        let (back, attempts) = tried.await?;
        trial = back;
        for attempt in &attempts {
            trial.add(attempt);
        }
    }
    Ok(trial.evidence())
}
