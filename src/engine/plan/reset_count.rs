//! Counts the rows that a reset means, column by column. Writes nothing.

use std::collections::HashMap;
use std::sync::Arc;

use super::cohort::Cohort;
use super::refusals::{ReadTimes, unreadable_times};
use crate::census::{ColumnLine, ListVerdicts, Reservoir};
use crate::engine::error::EngineError;
use crate::engine::event::{Event, Observer};
use crate::engine::judge::judge::{Judge, Moment};
use crate::engine::judge::parts::Proven;
use crate::engine::judge::selection::ResetSelection;
use crate::engine::judge::work::{Decided, RowFacts};
use crate::engine::patient::patiently;
use crate::engine::scan::column::{ColumnScan, Purpose};
use crate::engine::scan::scan::scan_columns;
use crate::engine::session::Session;
use crate::policy::Action;
use crate::scheme::{Recognised, Scheme};
use crate::store::{Key, Order, StoreError, scan};

/// A chunk has about so many candidates: nothing is hashed, so they are soon done.
const CHUNK_ROWS: u64 = 100_000;

/// So many keys are shown of what would be reset.
const SAMPLE_KEYS: usize = 10;

/// What would be reset in one column.
#[derive(Debug)]
pub struct ResetCount {
    /// The credential's name.
    pub credential: String,
    /// Rows read.
    pub seen: u64,
    /// Rows that are meant.
    pub rows: u64,
    /// The same by class and scheme, the most first.
    pub kinds: Vec<ResetKind>,
    /// Rows that the condition matches and that `except` or a list leaves out.
    pub left_out: u64,
    /// Keys of some that are meant, drawn at random.
    pub sample: Vec<String>,
    /// The keys at which a chunk may end.
    pub(crate) boundaries: Vec<Key>,
    /// The keys of the cohort, where there is a limit.
    pub(crate) cohort: Vec<Key>,
}

/// Rows of one class and scheme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResetKind {
    /// The class.
    pub class: &'static str,
    /// The scheme, where it is known.
    pub scheme: Option<&'static str>,
    /// How many rows.
    pub rows: u64,
}

/// What rows are counted by: by credential, and over all of them.
#[derive(Debug, Default)]
pub(crate) struct Grounds {
    pub(crate) proven: HashMap<String, Proven>,
    pub(crate) known: HashMap<String, Arc<ListVerdicts>>,
    /// How many rows the cohort may have; none where all rows are meant.
    pub(crate) limit: Option<u64>,
}

/// What is proven and known of the columns, where the condition asks for it. That takes a scan of
/// all of them.
pub(crate) async fn grounds(
    session: &mut Session<'_>,
    observer: &dyn Observer,
) -> Result<Grounds, EngineError> {
    let asks = session.settings.rules.asks_known()
        || session
            .settings
            .rules
            .iter()
            .any(|(_, rule)| !rule.when.schemes.is_empty());
    if !asks {
        return Ok(Grounds::default());
    }
    let scans = scan_columns(session, Purpose::Count, observer).await?;
    tell_unproven(session, &scans, observer);
    Ok(Grounds {
        proven: scans
            .iter()
            .map(|scan| (scan.credential.clone(), scan.proven.clone()))
            .collect(),
        known: scans
            .iter()
            .filter_map(|scan| Some((scan.credential.clone(), scan.known.as_ref()?.asked())))
            .collect(),
        limit: None,
    })
}

/// Tells of rows that a named scheme may have made. They are not chosen by it, because nothing
/// proves it.
fn tell_unproven(session: &Session<'_>, scans: &[ColumnScan], observer: &dyn Observer) {
    let named: Vec<Scheme> = session
        .settings
        .rules
        .iter()
        .flat_map(|(_, rule)| rule.when.schemes.iter().copied())
        .collect();
    for scan in scans {
        let may_be = |line: &&ColumnLine| {
            line.scheme.is_none()
                && named.iter().any(|scheme| match line.specimen {
                    Recognised::Digest { shape, .. } => scheme.shape() == Some(shape),
                    _ => false,
                })
        };
        let rows: u64 = scan
            .census
            .lines
            .iter()
            .filter(may_be)
            .map(|line| line.rows)
            .sum();
        if rows > 0 {
            observer.on(
                None,
                &Event::Warning {
                    text: format!(
                        "credential {}: {rows} rows have the form of a scheme that --scheme names, and nothing proves that they are of it: they are \
                         not chosen; declare the credential's `scheme`, or choose them by --class or --where",
                        scan.credential
                    ),
                },
            );
        }
    }
}

/// Counts what would be reset, in the order of the keys. Where a connection is lost the count
/// begins anew.
///
/// # Errors
/// Whatever the database says that does not pass in a minute.
pub(crate) async fn count(
    session: &mut Session<'_>,
    grounds: &Grounds,
    selection: &ResetSelection,
    observer: &dyn Observer,
) -> Result<Vec<ResetCount>, EngineError> {
    patiently(session, observer, async |session| {
        count_once(session, grounds, selection, observer).await
    })
    .await
}

async fn count_once(
    session: &mut Session<'_>,
    grounds: &Grounds,
    selection: &ResetSelection,
    observer: &dyn Observer,
) -> Result<Vec<ResetCount>, EngineError> {
    let mut seed = [0; 8];
    getrandom::fill(&mut seed).map_err(crate::engine::error::HasherError::Random)?;
    let mut cohort = Cohort::new(grounds.limit);
    // A cohort is those whose users have been away longest.
    let by_time = grounds.limit.is_some()
        || session
            .settings
            .rules
            .iter()
            .any(|(_, rule)| rule.when.last_login_before.is_some());
    let mut all = Vec::with_capacity(session.columns.len());
    for at in 0..session.columns.len() {
        let credential = &session.settings.credentials[at];
        observer.on(
            None,
            &Event::Preparing {
                what: format!("counting {}", credential.name),
            },
        );
        let proven = grounds.proven.get(&credential.name).cloned();
        let proven = proven.unwrap_or_default();
        let column = session.columns[at]
            .with_salts()?
            .with_dividers_of(credential, proven.dividers())?;
        let moment = Moment {
            now_ms: session.now_ms,
            deadlines: &session.deadlines,
        };
        let judge = Judge::new(session.settings, credential, proven, moment)
            .with_known(grounds.known.get(&credential.name).cloned());
        let mut counted = ResetCount {
            credential: credential.name.clone(),
            seen: 0,
            rows: 0,
            kinds: Vec::new(),
            left_out: 0,
            sample: Vec::new(),
            boundaries: Vec::new(),
            cohort: Vec::new(),
        };
        let mut sample = Reservoir::new(SAMPLE_KEYS, u64::from_le_bytes(seed));
        let mut times = ReadTimes::default();
        scan(&mut session.conn, &column, Order::Key, &mut |row| {
            counted.seen += 1;
            times.note(row.last_login);
            let recognised = credential.recognise(row.value).beside(row.salt_beside()?);
            let row_facts = RowFacts {
                value: row.value,
                last_login: row.last_login,
                // Whether it would be meant, were it not left out.
                excepted: false,
                must_change: row.must_change,
                beside: &row,
            };
            let Decided {
                class,
                scheme,
                decision,
                ..
            } = judge.decide_recognised(&recognised, row_facts);
            if decision.action != Action::Reset {
                return Ok(());
            }
            let key = row.key()?;
            if row.excepted || !selection.takes(&credential.name, &key) {
                counted.left_out += 1;
                return Ok(());
            }
            counted.rows += 1;
            note(&mut counted.kinds, class.as_str(), scheme.map(|s| s.name()));
            sample.offer(|| Ok::<_, StoreError>(key.to_string()))?;
            if grounds.limit.is_some() {
                cohort.offer(at, row.last_login, key);
            } else if counted.rows.is_multiple_of(CHUNK_ROWS) {
                counted.boundaries.push(key);
            }
            Ok::<(), StoreError>(())
        })
        .await?;
        if by_time && let Some(refusal) = unreadable_times(credential, times) {
            return Err(EngineError::refused(refusal.what, refusal.hint));
        }
        counted.sample = sample.into_sample();
        counted
            .kinds
            .sort_by_key(|kind| std::cmp::Reverse(kind.rows));
        all.push(counted);
    }
    for one in cohort.0.into_sorted_vec() {
        all[one.column].cohort.push(one.key);
    }
    Ok(all)
}

fn note(kinds: &mut Vec<ResetKind>, class: &'static str, scheme: Option<&'static str>) {
    match kinds
        .iter_mut()
        .find(|kind| kind.class == class && kind.scheme == scheme)
    {
        Some(kind) => kind.rows += 1,
        None => kinds.push(ResetKind {
            class,
            scheme,
            rows: 1,
        }),
    }
}
