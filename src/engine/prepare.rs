//! Before the first page: the columns' locks, and the run in the ledger, found or made.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::beat::HEARTBEAT;
use super::brake::Brake;
use super::calibrate::{calibrate, tuned};
use super::choose::{
    Choice, Chosen, Grounds, ResetCount, check_confirmed, count as count_resets, grounds, resolve,
};
use super::error::EngineError;
use super::event::{Event, Observer};
use super::fit::{LongestMarks, fitness};
use super::identity;
use super::judge::Proven;
use super::known::{self, Judging};
use super::limits::Budget;
use super::look::{ColumnLook, Purpose, look};
use super::options::{Job, RunOptions, Selection};
use super::pass::{PAGE_ROWS_MAX, PAGE_SECONDS};
use super::patience::patiently;
use super::plan::{cautions, doubts, not_ready};
use super::relabel::count;
use super::run::to_i64;
use super::session::Session;
use super::spec::{Kept, read, spec_of};
use super::waits::{record, waiting_columns};
use crate::census::{Known, Why};
use crate::config::differences;
use crate::failpoint::hit;
use crate::store::ledger::{
    ChunkBounds, LockAttempt, Names, NewRun, RuleClock, RunRow, RunState, WaitingColumn,
    WorkerIdentity, chunk, create_run, lock, reset, run as runs,
};
use crate::store::{Key, Link};

/// A canary of at most so many rows needs no `readers_ready`: that is how one finds out.
const FREE_CANARY_ROWS: usize = 10;
/// A chunk is about so much hashing.
const CHUNK_SECONDS: f64 = 300.0;

/// What an invocation was asked for, and by whom.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    pub(super) me: &'a WorkerIdentity,
    /// The id of the run, should it be a new one.
    pub(super) new_id: &'a str,
    pub(super) options: &'a RunOptions,
    pub(super) observer: &'a dyn Observer,
    pub(super) digest: &'a str,
    pub(super) budget: &'a Budget,
}

/// A run that stands in the ledger.
pub(super) struct Prepared {
    pub(super) run: RunRow,
    pub(super) resumed: bool,
    pub(super) proven: HashMap<String, Proven>,
    /// What the lists of known passwords said, by credential.
    pub(super) known: HashMap<String, Arc<Known>>,
    /// The moment by which ages and deadlines are judged.
    pub(super) as_of_ms: i64,
    /// The rows that may be touched; none for all.
    pub(super) chosen: Option<Arc<Chosen>>,
    /// The only rows of the run, where it is a cohort's.
    pub(super) cohort: Option<HashMap<String, Vec<Key>>>,
    /// How many rows each rule may still reset.
    pub(super) brake: Brake,
    pub(super) pace: Pace,
}

/// What this machine can do, as it was measured.
pub(super) struct Pace {
    /// With as many hashes at once as are best here.
    pub(super) budget: Budget,
    /// Hashes a second.
    pub(super) rate: f64,
}

/// Takes the lock of every column, waiting where that was asked for.
pub(super) async fn take_locks(
    control: &mut Link,
    session: &Session<'_>,
    asked: &Asked<'_>,
) -> Result<(), EngineError> {
    let Asked {
        me,
        new_id: run,
        observer,
        ..
    } = *asked;
    let wait = asked.options.wait;
    let since = Instant::now();
    let mut told = false;
    for column in &session.columns {
        let name = column.lock_name();
        loop {
            let gone = |holder: &crate::store::ledger::Holder| identity::is_gone(holder, me);
            let attempt = patiently(control, async |conn| {
                lock::acquire(conn, &session.names, &name, run, me, &gone).await
            })
            .await?;
            let LockAttempt::Held(holder) = attempt else {
                break;
            };
            if since.elapsed() >= wait {
                give_back(control, &session.names, me).await;
                return Err(EngineError::Held {
                    holder: Box::new(holder),
                });
            }
            if !told {
                told = true;
                observer.on(
                    None,
                    &Event::Warning {
                        text: format!(
                            "waiting for process {} on {} to end",
                            holder.pid, holder.host
                        ),
                    },
                );
            }
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    }
    Ok(())
}

/// Keeps the locks while something else takes its time. A lock that is lost meanwhile is found by the first heartbeat of the run.
async fn keep_locks(control: &mut Link, names: &Names, me: &WorkerIdentity) -> Infallible {
    loop {
        tokio::time::sleep(HEARTBEAT).await;
        // One that does not get through now may get through the next time: the lease runs on.
        patiently(control, async |conn| {
            lock::heartbeat(conn, names, &me.id).await
        })
        .await
        .ok();
    }
}

/// Finds the run that goes on, or makes a new one; none where there is nothing to do.
pub(super) async fn prepare(
    control: &mut Link,
    session: &mut Session<'_>,
    asked: &Asked<'_>,
) -> Result<Option<Prepared>, EngineError> {
    let Asked {
        me,
        new_id,
        options,
        observer,
        digest,
        budget,
    } = *asked;
    let names = session.names.clone();
    let text = options.job.canonical(session.settings);
    let active = patiently(control, async |conn| runs::active(conn, &names).await).await?;
    let active = match active {
        Some(run) if run.digest == digest => Some(run),
        Some(run) if options.new_run => {
            // A run that somebody works on is not closed behind their back.
            let holders =
                patiently(control, async |conn| lock::holders(conn, &names).await).await?;
            let holder = holders
                .into_iter()
                .find(|h| h.run == run.id && h.owner != me.id && !identity::is_gone(h, me));
            if let Some(holder) = holder {
                return Err(EngineError::Held {
                    holder: Box::new(holder),
                });
            }
            patiently(control, async |conn| {
                runs::set_state(conn, &names, &run.id, RunState::Active, RunState::Abandoned).await
            })
            .await?;
            None
        }
        Some(run) => {
            let old = read(&run.spec)?.plan;
            let named = differences(&old, &text).join("; ");
            return Err(EngineError::refused(
                format!(
                    "an unfinished run ({}) was begun with another plan: {named}",
                    run.id
                ),
                "put the configuration back to finish that run, or close it with --new-run",
            ));
        }
        None => None,
    };
    let pace = match options.job {
        Job::Rules => measure(session, budget, observer).await?,
        // Nothing is hashed: the pages are as large as pages may be.
        Job::Relabel(_) | Job::Reset(_) => Pace {
            budget: budget.clone(),
            rate: PAGE_ROWS_MAX as f64 / PAGE_SECONDS,
        },
    };
    if let Some(run) = active {
        let Kept {
            proven,
            rewritten,
            as_of_ms,
            ..
        } = read(&run.spec)?;
        check_ready(session, options, &rewritten)?;
        // What it counted it goes on with, and nothing that has fallen due since.
        session.now_ms = as_of_ms.unwrap_or(session.now_ms);
        if let Job::Reset(choice) = &options.job {
            let chunks = patiently(control, async |conn| {
                chunk::list(conn, &names, &run.id).await
            })
            .await?;
            let was_whole = chunks.iter().any(|chunk| chunk.pass >= 0);
            if was_whole == choice.limit.is_some() {
                let how = if was_whole { "without" } else { "with" };
                return Err(EngineError::refused(
                    format!("an unfinished reset ({}) was begun {how} --limit", run.id),
                    "go on as it was begun, or close it with --new-run",
                ));
            }
        }
        let before = patiently(control, async |conn| {
            reset::by_rule(conn, &names, &run.id).await
        })
        .await?;
        patiently(control, async |conn| {
            lock::note_run(conn, &names, &me.id, &run.id).await
        })
        .await?;
        // Lists are asked anew: of what is written already, the ledger says whether it was known.
        let known = match options.job {
            Job::Relabel(_) => HashMap::new(),
            Job::Rules | Job::Reset(_) => tokio::select! {
                known = ask_lists(session, &proven, observer) => known?,
                never = keep_locks(control, &names, me) => match never {},
            },
        };
        let (chosen, cohort) = match &options.job {
            Job::Reset(choice) => {
                let grounds = Grounds {
                    proven: proven.clone(),
                    known: known.clone(),
                };
                let done: u64 = before.iter().map(|(_, rows)| rows).sum();
                let counting = async {
                    let chosen = resolve(session, choice, observer).await?;
                    // What was reset before it was stopped belongs to it.
                    let left = choice.limit.map(|limit| limit.saturating_sub(done));
                    let counted = count_resets(session, &grounds, &chosen, left, observer).await?;
                    let rows: u64 = counted.iter().map(|column| column.rows).sum();
                    check_confirmed(choice.confirm, rows, done, observer)?;
                    let cohort = choice.limit.map(|_| cohorts(counted));
                    Ok::<_, EngineError>((Some(Arc::new(chosen)), cohort))
                };
                tokio::select! {
                    counted = counting => counted?,
                    never = keep_locks(control, &names, me) => match never {},
                }
            }
            Job::Rules | Job::Relabel(_) => (None, None),
        };
        return Ok(Some(Prepared {
            run,
            resumed: true,
            chosen,
            cohort,
            proven,
            known,
            as_of_ms: session.now_ms,
            brake: Brake::new(&session.settings.rules, &before),
            pace,
        }));
    }
    // A large table takes longer to read than a lock lasts.
    let begun = tokio::select! {
        begun = begin(session, pace.rate, options, observer) => begun?,
        never = keep_locks(control, &names, me) => match never {},
    };
    if let Job::Rules = options.job {
        // Here already, for a run that finds nothing to do; one that has something counts again at its end.
        record(control, &names, session.now_ms, &begun.waits).await?;
    }
    if begun.candidates == 0 {
        for (clock, by_hand) in &begun.clocks {
            let since = by_hand.then_some(clock.since_ms);
            patiently(control, async |conn| {
                crate::store::ledger::clock::start(
                    conn,
                    &names,
                    &clock.credential,
                    &clock.rule,
                    since,
                )
                .await
            })
            .await?;
        }
        return Ok(None);
    }
    let new = NewRun {
        id: new_id.to_owned(),
        digest: digest.to_owned(),
        spec: spec_of(&text, &begun.proven, begun.rewritten, session.now_ms),
        estimate: to_i64(begun.candidates),
    };
    hit("before-create");
    create(control, &names, &new, &begun.chunks, &begun.clocks).await?;
    hit("after-create");
    let run = patiently(control, async |conn| runs::active(conn, &names).await)
        .await?
        .ok_or_else(|| {
            EngineError::refused(
                "the run that was just created is gone",
                "look at the ledger",
            )
        })?;
    Ok(Some(Prepared {
        run,
        resumed: false,
        chosen: begun.chosen,
        cohort: begun.cohort,
        proven: begun.proven,
        known: begun.known,
        as_of_ms: session.now_ms,
        brake: Brake::new(&session.settings.rules, &[]),
        pace,
    }))
}

/// What a new run is made of.
struct Begun {
    candidates: u64,
    chunks: Vec<ChunkBounds>,
    proven: HashMap<String, Proven>,
    known: HashMap<String, Arc<Known>>,
    /// The credentials whose readers must be ready.
    rewritten: Vec<String>,
    clocks: Vec<(RuleClock, bool)>,
    waits: Vec<WaitingColumn>,
    chosen: Option<Arc<Chosen>>,
    cohort: Option<HashMap<String, Vec<Key>>>,
}

/// Looks at every column, and refuses what must not be begun.
async fn begin(
    session: &mut Session<'_>,
    rate: f64,
    options: &RunOptions,
    observer: &dyn Observer,
) -> Result<Begun, EngineError> {
    if let Job::Relabel(relabel) = &options.job {
        let counted = count(session, relabel, observer).await?;
        return Ok(Begun {
            candidates: counted.iter().map(|column| column.candidates).sum(),
            chunks: counted
                .iter()
                .flat_map(|column| chunks_of(&column.credential, &column.boundaries))
                .collect(),
            proven: HashMap::new(),
            known: HashMap::new(),
            rewritten: Vec::new(),
            clocks: Vec::new(),
            waits: Vec::new(),
            chosen: None,
            cohort: None,
        });
    }
    if let Job::Reset(choice) = &options.job {
        return begin_reset(session, choice, observer).await;
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped to a small positive number"
    )]
    let size = (rate * CHUNK_SECONDS).clamp(1_000.0, 100_000.0) as u64;
    let looks = look(session, Purpose::Chunks(size), observer).await?;
    if let Some(refusal) = doubts(session, &looks).into_iter().next() {
        return Err(EngineError::Refused {
            what: refusal.what,
            hint: refusal.hint,
        });
    }
    // How much goes behind each hash is known now.
    let fitness = fitness(session, LongestMarks::Seen(&looks)).await?;
    if let Some(refusal) = fitness.refusals.into_iter().next() {
        return Err(EngineError::refused(refusal.what, refusal.hint));
    }
    let rewritten: Vec<String> = looks
        .iter()
        .filter(|look| look.hashes() > 0)
        .map(|look| look.credential.clone())
        .collect();
    check_ready(session, options, &rewritten)?;
    let unjudged = looks.iter().filter_map(|look| unjudged(session, look));
    for text in cautions(session, &looks).into_iter().chain(unjudged) {
        observer.on(None, &Event::Warning { text });
    }
    Ok(Begun {
        candidates: looks.iter().map(ColumnLook::candidates).sum(),
        chunks: looks
            .iter()
            .flat_map(|look| chunks_of(&look.credential, &look.boundaries))
            .collect(),
        proven: looks
            .iter()
            .map(|l| (l.credential.clone(), l.proven()))
            .collect(),
        known: looks
            .iter()
            .filter_map(|l| Some((l.credential.clone(), l.known.as_ref()?.asked())))
            .collect(),
        rewritten,
        clocks: clocks(session),
        waits: waiting_columns(session.settings, &looks),
        chosen: None,
        cohort: None,
    })
}

/// Counts what is to be reset, and refuses where it is more than was confirmed.
async fn begin_reset(
    session: &mut Session<'_>,
    choice: &Choice,
    observer: &dyn Observer,
) -> Result<Begun, EngineError> {
    let chosen = resolve(session, choice, observer).await?;
    let grounds = grounds(session, observer).await?;
    let counted = count_resets(session, &grounds, &chosen, choice.limit, observer).await?;
    let rows = counted.iter().map(|column| column.rows).sum();
    check_confirmed(choice.confirm, rows, 0, observer)?;
    let chunks = match choice.limit {
        None => counted
            .iter()
            .flat_map(|column| chunks_of(&column.credential, &column.boundaries))
            .collect(),
        // Its pass over the keys makes its own.
        Some(_) => Vec::new(),
    };
    Ok(Begun {
        candidates: rows.min(choice.limit.unwrap_or(rows)),
        chunks,
        proven: grounds.proven,
        known: grounds.known,
        rewritten: Vec::new(),
        clocks: Vec::new(),
        waits: Vec::new(),
        chosen: Some(Arc::new(chosen)),
        cohort: choice.limit.map(|_| cohorts(counted)),
    })
}

/// The keys of a cohort by credential.
fn cohorts(counted: Vec<ResetCount>) -> HashMap<String, Vec<Key>> {
    counted
        .into_iter()
        .filter(|column| !column.cohort.is_empty())
        .map(|column| (column.credential, column.cohort))
        .collect()
}

/// What the lists of known passwords say of every column, for a run that goes on.
async fn ask_lists(
    session: &mut Session<'_>,
    proven: &HashMap<String, Proven>,
    observer: &dyn Observer,
) -> Result<HashMap<String, Arc<Known>>, EngineError> {
    let mut out = HashMap::new();
    let none = Proven::new();
    let mut time = session.proof.time;
    for at in 0..session.columns.len() {
        let credential = &session.settings.credentials[at].name;
        let judging = Judging {
            proven: proven.get(credential).unwrap_or(&none),
            time,
        };
        let (known, took) = known::judge(session, at, judging, observer).await?;
        time = time.saturating_sub(took);
        out.extend(known.map(|known| (credential.clone(), known)));
    }
    Ok(out)
}

/// What a rule that asks for known passwords passes over because nobody looked, though somebody could have.
fn unjudged(session: &Session<'_>, look: &ColumnLook) -> Option<String> {
    if !session.settings.rules.asks_known() {
        return None;
    }
    let not_judged = look.known.as_ref()?.all;
    let could: Vec<String> = not_judged
        .reasons()
        .filter(|(why, _)| !matches!(why, Why::Slow | Why::Wrapped))
        .map(|(why, rows)| format!("{rows} ({})", why.words()))
        .collect();
    (!could.is_empty()).then(|| {
        format!(
            "credential {}: rows that no rule on known passwords takes, because they were not judged: {}",
            look.credential,
            could.join(", ")
        )
    })
}

/// How many hashes at once this machine makes best, and how many a second.
async fn measure(
    session: &Session<'_>,
    budget: &Budget,
    observer: &dyn Observer,
) -> Result<Pace, EngineError> {
    observer.on(
        None,
        &Event::Preparing {
            what: "measuring this machine".to_owned(),
        },
    );
    let outer = session.settings.target.outer;
    let budget = tuned(budget)?;
    let calibration = calibrate(outer, &budget, Duration::from_millis(300)).await?;
    Ok(Pace {
        budget,
        rate: calibration.hashes_per_second,
    })
}

/// Creates the run; where the answer to its COMMIT is lost, looks whether it is there before it is created again.
pub(super) async fn create(
    control: &mut Link,
    names: &Names,
    new: &NewRun,
    chunks: &[ChunkBounds],
    clocks: &[(RuleClock, bool)],
) -> Result<(), EngineError> {
    patiently(control, async |conn| {
        if runs::active(conn, names)
            .await?
            .is_some_and(|r| r.id == new.id)
        {
            return Ok(());
        }
        create_run(conn, names, new, chunks, clocks).await
    })
    .await?;
    Ok(())
}

/// A run needs readers that can read what it writes, wrapped values and native strings alike; a small canary is how one finds out.
pub(super) fn check_ready(
    session: &Session<'_>,
    options: &RunOptions,
    rewritten: &[String],
) -> Result<(), EngineError> {
    let free = match &options.selection {
        Selection::Canary(n) => *n <= FREE_CANARY_ROWS as u64,
        Selection::Keys(keys) => keys.len() <= FREE_CANARY_ROWS,
        Selection::All => false,
    };
    if free {
        return Ok(());
    }
    for credential in &session.settings.credentials {
        if !credential.readers_ready && rewritten.contains(&credential.name) {
            let refusal = not_ready(&credential.name);
            return Err(EngineError::Refused {
                what: refusal.what,
                hint: refusal.hint,
            });
        }
    }
    Ok(())
}

/// The clocks that the rules need, and whether each is set by hand.
pub(super) fn clocks(session: &Session<'_>) -> Vec<(RuleClock, bool)> {
    let mut out = Vec::new();
    for credential in &session.settings.credentials {
        for rule in session.settings.rules.clocks(&credential.name) {
            out.push((
                RuleClock {
                    credential: credential.name.clone(),
                    rule: rule.to_owned(),
                    since_ms: 0,
                },
                false,
            ));
        }
    }
    out
}

pub(super) fn chunks_of(credential: &str, boundaries: &[Key]) -> Vec<ChunkBounds> {
    let mut out = Vec::new();
    let mut lo: Option<String> = None;
    for boundary in boundaries {
        let hi = boundary.to_ledger();
        out.push(ChunkBounds {
            credential: credential.to_owned(),
            pass: 0,
            lo: lo.clone(),
            hi: Some(hi.clone()),
        });
        lo = Some(hi);
    }
    // The last one is open: what signs up during the run is seen too.
    out.push(ChunkBounds {
        credential: credential.to_owned(),
        pass: 0,
        lo,
        hi: None,
    });
    out
}

pub(super) async fn give_back(control: &mut Link, names: &Names, me: &WorkerIdentity) {
    // A lock that can't be given back runs out by itself, and a process that is gone is taken over at once.
    patiently(control, async |conn| {
        lock::release(conn, names, &me.id).await
    })
    .await
    .ok();
}
