//! Whether values are wraps that somebody else has made: proven by an account whose password is
//! known, or by common passwords on a sample. Writes nothing.
//!
//! A slow hash takes its time, so few passwords are tried on few rows, and the clock ends it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use rayon::ThreadPool;
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use crate::census::{HITS_MIN, Reservoir, TRIAL_ROWS, TRIAL_WORDS, WORDS_MIN, words};
use crate::engine::adopt::{Adopt, WrapForm};
use crate::engine::error::{EngineError, HasherError};
use crate::engine::event::{Event, Observer};
use crate::engine::hash::threads::{on_pool, pool};
use crate::engine::patient::patiently;
use crate::engine::session::Session;
use crate::scheme::{CompanionReadings, Context, Scheme, make, verify_as};
use crate::secret::{Password, SiteSalts, StoredHash};
use crate::store::{COMPANIONS, Key, Order, Row, StoreError, read_keys, read_login, scan};
use crate::text::in_charset;

/// The common passwords that are tried at least, where the time allows: a column of two makers
/// shows itself by the commonest.
const WORDS_ALWAYS: usize = 20;

/// The sample is made so small that so many passwords can be tried on all of it.
const WORDS_IN_TIME: f64 = 4.0;

/// But not smaller than this.
const ROWS_MIN: usize = 20;

/// After an account has proven it, so long is looked for rows that are something else.
const AFTER_CANARY: Duration = Duration::from_secs(10);

/// What is known of a row that may be such a wrap.
struct WrapRow {
    native: StoredHash,
    scheme: Scheme,
    form: WrapForm,
    beside: CompanionReadings,
    site: Option<SiteSalts>,
}

/// In what way a password opens a value.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct OpensAs {
    /// As a wrap of the inner digest.
    inner: bool,
    /// As the hash of the password itself.
    directly: bool,
}

/// Proves what the values are, and says of which form those are that were proven.
///
/// # Errors
/// Values that are not proven, or are something else; whatever the database says.
pub(crate) async fn prove(
    session: &mut Session<'_>,
    adopt: &Adopt,
    observer: &dyn Observer,
) -> Result<Adopt, EngineError> {
    observer.on(
        None,
        &Event::Preparing {
            what: format!("trying passwords on {adopt}"),
        },
    );
    let sampled = patiently(session, observer, async |session| {
        sample(session, adopt).await
    });
    let (keys, forms) = sampled.await?;
    if keys.is_empty() {
        return Ok(adopt.proven(Vec::new()));
    }
    let by_account = patiently(session, observer, async |session| {
        by_canary(session, adopt).await
    });
    let mut proven: Vec<WrapForm> = by_account.await?.into_iter().collect();
    let by_account = !proven.is_empty();
    let time = if by_account {
        session.proof.time.min(AFTER_CANARY)
    } else {
        session.proof.time
    };
    let rows = patiently(session, observer, async |session| {
        read(session, adopt, &keys).await
    });
    let rows = rows.await?;
    let trial = WrapTrial {
        adopt: Arc::new(adopt.clone()),
        rows: Arc::new(rows),
        pool: pool(session.proof.threads)?,
    };
    let tried = trial.run(time).await?;
    if tried.directly > 0 {
        return Err(EngineError::refused(
            format!(
                "{} of {} sampled rows are {} of the password itself, not {adopt}: with its label nobody could log in with them",
                tried.directly,
                trial.rows.len(),
                adopt.outer()
            ),
            "tell the rows apart with `where` in the credential, and adopt those that the other application has wrapped",
        ));
    }
    if !by_account && !tried.is_enough() {
        return Err(EngineError::refused(
            format!(
                "not proven to be {adopt}: {} of {} sampled rows hold one of the {} common passwords that were tried on them, and it takes {HITS_MIN} rows of {WORDS_MIN} passwords",
                tried.inner,
                trial.rows.len(),
                tried.words_tried
            ),
            "name an account whose password you know, with --canary-login LOGIN:FILE, or give more time with --proof-seconds",
        ));
    }
    for form in tried.forms {
        if !proven.contains(&form) {
            proven.push(form);
        }
    }
    tell_of_others(&forms, &proven, observer);
    Ok(adopt.proven(proven))
}

/// The keys of a random sample of the rows, and how many there are of each form.
async fn sample(
    session: &mut Session<'_>,
    adopt: &Adopt,
) -> Result<(Vec<Key>, Vec<(WrapForm, u64)>), EngineError> {
    let mut seed = [0; 8];
    getrandom::fill(&mut seed).map_err(HasherError::Random)?;
    let mut keys = Reservoir::new(TRIAL_ROWS, u64::from_le_bytes(seed));
    let mut forms: Vec<(WrapForm, u64)> = Vec::new();
    for column in &session.columns {
        scan(&mut session.conn, column, Order::Key, &mut |row| {
            let wrap = row.value.filter(|_| !row.excepted);
            let Some(wrap) = wrap.and_then(|value| adopt.read(value)) else {
                return Ok(());
            };
            if !wrap.is_labelled {
                match forms.iter_mut().find(|(form, _)| *form == wrap.form) {
                    Some((_, rows)) => *rows += 1,
                    None => forms.push((wrap.form, 1)),
                }
            }
            keys.offer(|| row.key())?;
            Ok::<(), StoreError>(())
        })
        .await?;
    }
    Ok((keys.into_sample(), forms))
}

async fn read(
    session: &mut Session<'_>,
    adopt: &Adopt,
    keys: &[Key],
) -> Result<Vec<WrapRow>, EngineError> {
    let column = session.columns[0].with_companions(&COMPANIONS)?;
    let site = &session.settings.credentials[0].site;
    let rows = read_keys(&mut session.conn, &column, keys).await?;
    let rows = rows.into_iter().flatten();
    Ok(rows
        .filter_map(|row| WrapRow::of(&row, adopt, site.as_ref()))
        .collect())
}

/// The form of the value of the account whose password is known; none where none is named.
async fn by_canary(
    session: &mut Session<'_>,
    adopt: &Adopt,
) -> Result<Option<WrapForm>, EngineError> {
    let Some(canary) = session.proof.canary.clone() else {
        return Ok(None);
    };
    let refused = |what: &str| {
        Err(EngineError::refused(
            format!("the account of --canary-login {what}"),
            "name an account that is there once, whose value is one of those wraps, and whose password stands in the file",
        ))
    };
    let column = session.columns[0].with_companions(&COMPANIONS)?;
    let rows = read_login(&mut session.conn, &column, &canary.login)
        .await?
        .into_rows();
    let [row] = &rows[..] else {
        return refused(if rows.is_empty() {
            "is in no row"
        } else {
            "stands in more than one row"
        });
    };
    let site = &session.settings.credentials[0].site;
    let Some(sampled) = WrapRow::of(row, adopt, site.as_ref()) else {
        return refused(&format!("holds no {}", adopt.outer()));
    };
    let opens = |password: &Password| sampled.opens(adopt, password.as_bytes());
    let charset = session.settings.credentials[0].charset;
    let other = charset.and_then(|charset| in_charset(&canary.password, charset));
    let others = other.map(|password| opens(&password));
    match others
        .filter(|other| other.inner)
        .unwrap_or_else(|| opens(&canary.password))
    {
        OpensAs { inner: true, .. } => Ok(Some(sampled.form)),
        OpensAs { directly: true, .. } => refused(&format!(
            "holds {} of its password itself, not {adopt}",
            adopt.outer()
        )),
        _ => refused(&format!("holds another value than {adopt} of its password")),
    }
}

/// Tells of rows that are left as they are.
fn tell_of_others(forms: &[(WrapForm, u64)], proven: &[WrapForm], observer: &dyn Observer) {
    for (form, rows) in forms.iter().filter(|(form, _)| !proven.contains(form)) {
        observer.on(
            None,
            &Event::Warning {
                text: format!(
                    "{rows} rows begin with {form}, and no row of that form was proven: they are left as they are"
                ),
            },
        );
    }
}

/// A trial of common passwords.
struct WrapTrial {
    adopt: Arc<Adopt>,
    rows: Arc<Vec<WrapRow>>,
    pool: Arc<ThreadPool>,
}

/// What a trial found.
#[derive(Default)]
struct WrapHits {
    inner: u64,
    directly: u64,
    /// How many words had hits.
    words: u64,
    words_tried: usize,
    forms: Vec<WrapForm>,
}

impl WrapHits {
    fn is_enough(&self) -> bool {
        self.inner >= HITS_MIN && self.words >= WORDS_MIN
    }
}

impl WrapTrial {
    /// Tries one password after the other on all rows of the sample, the commonest first.
    async fn run(&self, time: Duration) -> Result<WrapHits, EngineError> {
        let begun = Instant::now();
        let threads = self.pool.current_num_threads();
        let mut tried = WrapHits::default();
        let mut open: Vec<usize> = (0..self.rows.len()).collect();
        let mut batch = threads;
        let mut is_measured = false;
        'words: for (at, word) in words().take(TRIAL_WORDS).enumerate() {
            if at >= WORDS_ALWAYS && tried.is_enough() {
                break;
            }
            let mut word_hits = 0;
            let mut left = open.clone();
            tried.words_tried = at + 1;
            while !left.is_empty() {
                if begun.elapsed() >= time {
                    tried.words += u64::from(word_hits > 0);
                    break 'words;
                }
                let some = left.split_off(left.len().saturating_sub(batch));
                let since = Instant::now();
                for (row, opens) in self.attempt(some.clone(), word).await? {
                    if opens == OpensAs::default() {
                        continue;
                    }
                    open.retain(|known| *known != row);
                    if opens.inner {
                        word_hits += 1;
                        tried.inner += 1;
                        let form = self.rows[row].form.clone();
                        if !tried.forms.contains(&form) {
                            tried.forms.push(form);
                        }
                    } else {
                        tried.directly += 1;
                    }
                }
                let took = since.elapsed();
                if !is_measured {
                    is_measured = true;
                    let rows = rows_in(time, took / u32::try_from(some.len()).unwrap_or(1));
                    open.truncate(rows);
                    left.truncate(rows);
                }
                if took < Duration::from_millis(100) && batch < 64 * threads {
                    batch *= 2;
                }
            }
            tried.words += u64::from(word_hits > 0);
        }
        Ok(tried)
    }

    async fn attempt(
        &self,
        rows: Vec<usize>,
        word: &'static str,
    ) -> Result<Vec<(usize, OpensAs)>, EngineError> {
        let (adopt, all) = (Arc::clone(&self.adopt), Arc::clone(&self.rows));
        on_pool(&self.pool, move || {
            rows.par_iter()
                .map(|row| (*row, all[*row].opens(&adopt, word.as_bytes())))
                .collect()
        })
        .await
    }
}

/// On how many rows the commonest passwords can be tried in that time.
fn rows_in(time: Duration, each: Duration) -> usize {
    let rows = time.as_secs_f64() / each.as_secs_f64().max(1e-9) / WORDS_IN_TIME;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped to a small positive number"
    )]
    let rows = rows.clamp(ROWS_MIN as f64, TRIAL_ROWS as f64) as usize;
    rows
}

impl WrapRow {
    fn of(row: &Row, adopt: &Adopt, site: Option<&SiteSalts>) -> Option<Self> {
        let wrap = adopt.read(row.value()?)?;
        Some(Self {
            native: StoredHash::new(wrap.native),
            scheme: wrap.scheme,
            form: wrap.form,
            beside: row.readings(),
            site: site.cloned(),
        })
    }

    /// In what way the password opens the value.
    fn opens(&self, adopt: &Adopt, password: &[u8]) -> OpensAs {
        let context = Context {
            site: self.site.as_ref(),
            ..self.beside.context()
        };
        let is_over = |text: &[u8]| {
            let text = Password::new(text);
            verify_as(&self.native, &text, self.scheme, &Context::default()) == Ok(true)
        };
        let is_over_inner = |context: Context<'_>| {
            let made = make(adopt.inner(), &[], password, &context).ok().flatten();
            made.is_some_and(|text| is_over(text.as_bytes()))
        };
        OpensAs {
            inner: context.readings(password).any(is_over_inner),
            directly: is_over(password),
        }
    }
}
