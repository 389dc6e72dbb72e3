//! What the lists of known passwords say of a column, found out before the rules are asked.
//!
//! The values are gathered in bounded memory and matched with every list. Salted values are tried
//! with the first words of the lists while there is time.

use std::sync::Arc;
use std::time::{Duration, Instant};

use rayon::ThreadPool;
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use super::wordlists::{ListFiles, ListProgress};
use crate::census::{
    Fingerprint, Fingerprints, Gather, ListVerdicts, Matcher, TRIAL_WORDS, Way, salted_opens,
};
use crate::config::{Credential, Settings};
use crate::engine::error::EngineError;
use crate::engine::event::{Event, Observer};
use crate::engine::hash::threads::{on_pool, pool};
use crate::engine::judge::parts::Proven;
use crate::engine::page_limits::PAGE_ROWS_MAX;
use crate::engine::session::Session;
use crate::failpoint::is_armed;
use crate::scheme::{Context, Declared, Recognised, Scheme};
use crate::secret::SiteSalts;
use crate::store::ledger::known as ledger;
use crate::store::{
    Bounds, COMPANIONS, CredentialColumn, Key, Order, Row, StoreError, read_page, scan,
};

/// The most values of a column in memory at once: 192 MiB of fingerprints, and 84 MiB around them
/// while they are looked up. What is beyond is left to further passes over the table and the lists.
const FINGERS_MAX: usize = 12 << 20;

/// The most salted values of which it is kept that they were tried: 64 MiB.
const TRIED_MAX: usize = 4 << 20;

/// So many salted rows are tried even where the time is over before: a second's work or less. A
/// busy host would judge none otherwise.
const FIRST_ROWS: usize = 1_000;

/// So many salted rows are tried at once on each thread: between two looks at the clock.
const THREAD_ROWS: usize = 32;

/// What one judgement of a column works with.
pub(crate) struct KnownQuestion<'a> {
    /// The schemes that were proven.
    pub(crate) proven: &'a Proven,
    /// How long words may be tried on salted values.
    pub(crate) time: Duration,
}

/// Whether anybody asks for known passwords: a rule, or a configuration that has lists.
pub(crate) fn is_asked(settings: &Settings) -> bool {
    let lists = &settings.known;
    !lists.wordlists.is_empty() || lists.pwned.is_some() || settings.rules.asks_known()
}

/// Refuses lists that can't be read, and a rule that nothing can answer.
pub(crate) async fn check(session: &mut Session<'_>) -> Result<(), EngineError> {
    let settings = session.settings;
    let files = ListFiles::open(&settings.known)?;
    if !settings.rules.asks_known() || !files.lists.is_empty() {
        return Ok(());
    }
    let mut verdicts = None;
    for credential in &settings.credentials {
        let values =
            ledger::values(&mut session.conn, &session.names, credential.file_name()).await?;
        if values.is_some_and(|values| !values.is_empty()) {
            verdicts = Some(());
        }
    }
    match verdicts {
        Some(()) => Ok(()),
        None => Err(EngineError::refused(
            "known passwords are asked for, [known] names no list, and the ledger has no verdicts of earlier runs: nobody would be found",
            "name a list in the configuration: [known] wordlist = \"FILE\" or pwned = \"FILE\"; or ask by something else than `known`",
        )),
    }
}

/// What the lists say of a column, and how long words were tried; nothing where nobody asks.
pub(crate) async fn judge(
    session: &mut Session<'_>,
    at: usize,
    judging: KnownQuestion<'_>,
    observer: &dyn Observer,
) -> Result<(Option<Arc<ListVerdicts>>, Duration), EngineError> {
    let settings = session.settings;
    if !is_asked(settings) {
        return Ok((None, Duration::ZERO));
    }
    let files = ListFiles::open(&settings.known)?;
    let credential = &settings.credentials[at];
    let kept = ledger::values(&mut session.conn, &session.names, credential.file_name()).await?;
    let mut known = ListVerdicts {
        lists: files.lists,
        kept: Fingerprints::new(kept.unwrap_or_default()),
        ..ListVerdicts::default()
    };
    let mut took = Duration::ZERO;
    if !files.lists.is_empty() {
        let pool = pool(session.proof.threads)?;
        let values = ColumnValues {
            settings,
            credential,
            proven: judging.proven,
            at,
            files: &files,
            pool: &pool,
        };
        let mut tell = ListProgress::new(observer, &credential.name);
        let (mut found, salted) = look_up(session, values, &mut tell).await?;
        if salted && files.lists.words {
            let what = format!("trying words on salted values of {}", credential.name);
            observer.on(None, &Event::Preparing { what });
            let begun = Instant::now();
            let words = files.first_words(TRIAL_WORDS)?;
            let tried = try_salted(session, values, words, judging.time).await?;
            found.extend(tried.found);
            known.tried = Fingerprints::new(tried.tried);
            known.untriable = Fingerprints::new(tried.untriable);
            took = begun.elapsed();
        }
        known.found = Fingerprints::new(found);
    }
    Ok((Some(Arc::new(known)), took))
}

/// What the values of a column are judged by.
#[derive(Clone, Copy)]
struct ColumnValues<'a> {
    /// The column's place among the session's.
    at: usize,
    files: &'a ListFiles,
    pool: &'a Arc<ThreadPool>,
    settings: &'a Settings,
    credential: &'a Credential,
    proven: &'a Proven,
}

impl ColumnValues<'_> {
    fn way(&self, value: Option<&[u8]>) -> Option<Way> {
        let recognised = self.credential.recognise(value);
        let proven = match &recognised {
            Recognised::Digest {
                shape,
                scheme: None,
            } => self.proven.get(*shape),
            _ => None,
        };
        let class = recognised.class(&self.settings.target.strength());
        let scheme = recognised.scheme().or(proven);
        self.files.lists.way(value, &recognised, class, scheme)
    }
}

/// The column as passwords are looked up in it: those in the clear as what a login sends.
pub(crate) fn as_passwords(column: &CredentialColumn, credential: &Credential) -> CredentialColumn {
    if credential.scheme == Declared::Scheme(Scheme::PLAINTEXT) {
        column.in_unicode()
    } else {
        column.clone()
    }
}

/// Looks up every value that a look-up can judge, in as many passes as the memory takes. Returns
/// those that are known, and whether there are others on which words can be tried.
async fn look_up(
    session: &mut Session<'_>,
    values: ColumnValues<'_>,
    tell: &mut ListProgress<'_>,
) -> Result<(Vec<Fingerprint>, bool), EngineError> {
    let (files, pool) = (values.files, values.pool);
    let column = as_passwords(&session.columns[values.at], values.credential);
    let mut found = Vec::new();
    let mut salted = false;
    let mut next = Some(Gather::new(FINGERS_MAX));
    while let Some(mut gather) = next {
        let mut schemes: Vec<Scheme> = Vec::new();
        scan(&mut session.conn, &column, Order::Any, &mut |row| {
            if row.excepted {
                return Ok(());
            }
            match values.way(row.value) {
                Some(Way::Lookup(scheme, fingerprint)) => {
                    gather.offer(fingerprint);
                    if !schemes.contains(&scheme) {
                        schemes.push(scheme);
                    }
                }
                Some(Way::Tries(..)) => salted = true,
                _ => {}
            }
            Ok::<(), StoreError>(())
        })
        .await?;
        let gathered = gather.finish();
        if !gathered.fingerprints.is_empty() {
            let matcher = Matcher::new(files.lists, &schemes, gathered.fingerprints)
                .with_site(values.credential.site.clone());
            found.extend(files.match_all(matcher, pool, tell).await?.found());
        }
        next = gathered.next;
    }
    Ok((found, salted))
}

/// What came of trying words.
#[derive(Default)]
struct Tried {
    found: Vec<Fingerprint>,
    tried: Vec<Fingerprint>,
    untriable: Vec<Fingerprint>,
}

impl Tried {
    fn len(&self) -> usize {
        self.found.len() + self.tried.len() + self.untriable.len()
    }
}

/// Tries the words on salted values, row by row, until the time is over. The first rows are tried
/// in any case, unless no time was given at all. What is not reached is not judged.
async fn try_salted(
    session: &mut Session<'_>,
    values: ColumnValues<'_>,
    words: Vec<Vec<u8>>,
    time: Duration,
) -> Result<Tried, EngineError> {
    let begun = Instant::now();
    let pool = values.pool;
    let column = session.columns[values.at].with_companions(&COMPANIONS)?;
    let words = Arc::new(words);
    let mut out = Tried::default();
    let mut after: Option<Key> = None;
    let wanted = !session.proof.time.is_zero();
    let is_left = |done: usize| {
        let is_time_over = is_armed("no-proof-time") || begun.elapsed() >= time;
        wanted && (!is_time_over || done < FIRST_ROWS)
    };
    while is_left(out.len()) {
        let bounds = Bounds {
            after: after.as_ref(),
            up_to: None,
            limit: PAGE_ROWS_MAX,
        };
        let rows = read_page(&mut session.conn, &column, bounds).await?;
        let is_last = rows.len() < PAGE_ROWS_MAX;
        after = rows.last().map(|row| row.key.clone());
        let mut due = Vec::new();
        for row in rows.into_iter().filter(|row| !row.excepted) {
            if let Some(Way::Tries(scheme, fingerprint)) = values.way(row.value()) {
                due.push((row, scheme, fingerprint));
            }
        }
        while !due.is_empty() && is_left(out.len()) && out.tried.len() < TRIED_MAX {
            let some = due.split_off(
                due.len()
                    .saturating_sub(THREAD_ROWS * pool.current_num_threads()),
            );
            let words = words.clone();
            let site = values.credential.site.clone();
            let tried = on_pool(pool, move || {
                let one = |(row, scheme, fingerprint): &(Row, Scheme, Fingerprint)| {
                    (
                        *fingerprint,
                        try_words(row, *scheme, (&words, site.as_ref())),
                    )
                };
                some.par_iter().map(one).collect::<Vec<_>>()
            });
            for (fingerprint, opened) in tried.await? {
                match opened {
                    Some(true) => out.found.push(fingerprint),
                    Some(false) => out.tried.push(fingerprint),
                    None => out.untriable.push(fingerprint),
                }
            }
        }
        if is_last {
            break;
        }
    }
    Ok(out)
}

fn try_words(
    row: &Row,
    scheme: Scheme,
    (words, site): (&[Vec<u8>], Option<&SiteSalts>),
) -> Option<bool> {
    let readings = row.readings();
    let context = Context {
        site,
        ..readings.context()
    };
    salted_opens(
        scheme,
        row.value()?,
        &context,
        words.iter().map(Vec::as_slice),
    )
}
