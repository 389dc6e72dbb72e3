//! The proof of salted schemes. A sample of rows is read with the columns beside the value. Common
//! passwords are tried on them on every core until the time is up.

use std::borrow::Cow;
use std::time::{Duration, Instant};

use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use crate::census::{
    Attempt, Beside, BesideValue, ColumnCensus, Need, Reservoir, ShapeEvidence, ShapeVerdict,
    TRIAL_ROWS, Trial, TrialEvidence, TrialSources, open_with,
};
use crate::config::{Credential, OtherTable};
use crate::engine::error::EngineError;
use crate::engine::event::{Event, Observer};
use crate::engine::hash::threads::{on_pool, pool};
use crate::engine::request::CanaryLogin;
use crate::engine::session::Session;
use crate::scheme::{Declared, Needs, Recognised, Scheme, Shape};
use crate::secret::InnerSalt;
use crate::store::{Companion, CredentialColumn, Key, Row, read_keys, read_login};

/// The keys of random samples of each shape's rows.
pub(crate) struct Samples {
    /// Of all rows.
    all: Vec<Reservoir<Key>>,
    /// Of those that are no digest of a common password under a scheme that takes nothing else.
    no_hit: Vec<Reservoir<Key>>,
}

/// What a column's proof works with.
pub(crate) struct Proving<'a> {
    /// The census, which takes in what is found.
    pub(crate) census: &'a mut ColumnCensus,
    /// The rows to try.
    pub(crate) samples: Samples,
    /// How long to try.
    pub(crate) time: Duration,
}

/// More columns than this are not tried beside a value.
const BESIDE_MAX: usize = 12;

/// One batch of work on all threads is about so many digests each: some tens of milliseconds.
const THREAD_TRIES: usize = 50_000;

impl Samples {
    pub(crate) fn new(seed: u64) -> Self {
        let reservoirs = |seed: u64| {
            let seeds = (0..).map(|at| seed.rotate_left(at));
            let seeds = seeds.take(Shape::ALL.len());
            seeds.map(|seed| Reservoir::new(TRIAL_ROWS, seed)).collect()
        };
        Self {
            all: reservoirs(seed),
            no_hit: reservoirs(!seed),
        }
    }

    /// The sample of a shape.
    pub(crate) fn of(&mut self, shape: Shape) -> &mut Reservoir<Key> {
        &mut self.all[shape.index()]
    }

    /// The sample of a shape's rows without a hit.
    pub(crate) fn of_no_hit(&mut self, shape: Shape) -> &mut Reservoir<Key> {
        &mut self.no_hit[shape.index()]
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
pub(crate) async fn prove(
    session: &mut Session<'_>,
    at: usize,
    proving: Proving<'_>,
    observer: &dyn Observer,
) -> Result<Duration, EngineError> {
    let begun = Instant::now();
    let Proving {
        census,
        samples,
        time,
    } = proving;
    let credential = &session.settings.credentials[at];
    let all = beside(&session.columns[at], credential);
    for (shape, sample) in Shape::ALL.into_iter().zip(samples.all) {
        let Some(evidence) = census.evidence(shape) else {
            continue;
        };
        let Some(task) = task(credential, evidence, &all) else {
            continue;
        };
        let sources = TrialSources {
            beside: task.beside.clone(),
            site: credential.site.clone(),
        };
        let Some(trial) = Trial::with_sources(shape, sources) else {
            continue;
        };
        observer.on(
            None,
            &Event::Preparing {
                what: format!("trying salts of {}", credential.name),
            },
        );
        let mut trial = task.declared.into_iter().fold(trial, Trial::with);
        if task.only_contradictions {
            trial = trial.quick();
        }
        let companions = companions(&task.beside, credential);
        let column = session.columns[at].with_companions(&companions)?;
        let keys = sample.into_sample();
        for row in read_keys(&mut session.conn, &column, &keys).await? {
            let Some(row) = row else { continue };
            if let Some(value) = row.value() {
                trial.row_beside(value, companions.iter().map(|one| beside_of(&row, one)));
            }
        }
        let left = time.saturating_sub(begun.elapsed());
        let found = try_for(trial, left, session.proof.threads).await?;
        census.settle(shape, found);
    }
    Ok(begun.elapsed())
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
    let rows = read_login(&mut session.conn, &column, &canary.login).await?;
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
        let found = open_with(shape, sources, (value, values), &canary.password);
        census.settle_canary(shape, found);
    }
    Ok(true)
}

/// What is to be tried on a shape.
struct TrialTask {
    beside: Vec<Beside>,
    /// Schemes that are tried beside those of the shape.
    declared: Vec<Scheme>,
    only_contradictions: bool,
}

fn task(credential: &Credential, evidence: &ShapeEvidence, all: &[Beside]) -> Option<TrialTask> {
    let whole = |declared, only_contradictions| TrialTask {
        beside: all.to_vec(),
        declared,
        only_contradictions,
    };
    if evidence.shape.missing_salt().is_some() {
        return None;
    }
    match credential.scheme {
        // The proof has to tell which line of the site-wide salts it is.
        Declared::Scheme(open) if open.is_open() => {
            let site = credential.site.as_ref()?;
            (open.shape() == Some(evidence.shape.without_salt()))
                .then(|| whole(open.with_site_lines(site), false))
        }
        Declared::Scheme(scheme) => (scheme.shape() == Some(evidence.shape.without_salt())
            && scheme.needs() != Needs::default())
        .then(|| whole(vec![scheme], true)),
        Declared::Auto => match evidence.verdict {
            ShapeVerdict::TooFew | ShapeVerdict::Ambiguous => Some(whole(Vec::new(), false)),
            ShapeVerdict::Mixed => None,
            // A salt that stands beside digests without one: some rows may have been salted since.
            ShapeVerdict::Proven(_) => {
                let salts: Vec<Beside> = all
                    .iter()
                    .filter(|column| column.tried_as.contains(&Need::Salt))
                    .filter(|column| !column.tried_as.contains(&Need::Username))
                    .filter(|column| !column.tried_as.contains(&Need::UserId))
                    .cloned()
                    .collect();
                // A site-wide salt may have been added since, too.
                (!salts.is_empty() || credential.site.is_some()).then_some(TrialTask {
                    beside: salts,
                    declared: Vec::new(),
                    only_contradictions: true,
                })
            }
        },
    }
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
async fn try_for(
    mut trial: Trial,
    limit: Duration,
    threads: Option<usize>,
) -> Result<TrialEvidence, EngineError> {
    let begun = Instant::now();
    let pool = pool(threads)?;
    let threads = pool.current_num_threads();
    while begun.elapsed() < limit && !trial.has_leader() {
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
