//! Before the first page: the columns' locks, and the run in the ledger, found or made.

use std::collections::HashMap;
use std::convert::Infallible;
use std::time::{Duration, Instant};

use super::beat::HEARTBEAT;
use super::calibrate::calibrate;
use super::error::EngineError;
use super::event::{Event, Observer};
use super::identity;
use super::judge::Proven;
use super::limits::Budget;
use super::look::{ColumnLook, Purpose, look};
use super::options::{RunOptions, Selection};
use super::patience::patiently;
use super::plan::{doubts, not_ready};
use super::run::to_i64;
use super::session::Session;
use super::spec::{Kept, read, spec_of};
use crate::config::{canonical, differences};
use crate::failpoint::hit;
use crate::store::Link;
use crate::store::ledger::{
    ChunkBounds, LockAttempt, Names, NewRun, RuleClock, RunRow, RunState, WorkerIdentity,
    create_run, lock, run as runs,
};

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
    let text = canonical(session.settings);
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
    observer.on(
        None,
        &Event::Preparing {
            what: "measuring this machine".to_owned(),
        },
    );
    let rate = calibrate(
        session.settings.target.outer,
        budget,
        Duration::from_millis(300),
    )
    .await?
    .hashes_per_second;
    if let Some(run) = active {
        let Kept {
            proven, rewritten, ..
        } = read(&run.spec)?;
        check_ready(session, options, &rewritten)?;
        patiently(control, async |conn| {
            lock::note_run(conn, &names, &me.id, &run.id).await
        })
        .await?;
        return Ok(Some(Prepared {
            run,
            resumed: true,
            proven,
            rate,
        }));
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped to a small positive number"
    )]
    let size = (rate * CHUNK_SECONDS).clamp(1_000.0, 100_000.0) as u64;
    // A large table takes longer to read than a lock lasts.
    let looks = tokio::select! {
        looks = look(session, Purpose::Chunks(size), observer) => looks?,
        never = keep_locks(control, &names, me) => match never {},
    };
    if let Some(refusal) = doubts(session, &looks).into_iter().next() {
        return Err(EngineError::Refused {
            what: refusal.what,
            hint: refusal.hint,
        });
    }
    let rewritten: Vec<String> = looks
        .iter()
        .filter(|look| look.hashes() > 0)
        .map(|look| look.credential.clone())
        .collect();
    check_ready(session, options, &rewritten)?;
    let clocks = clocks(session);
    let candidates: u64 = looks.iter().map(ColumnLook::candidates).sum();
    if candidates == 0 {
        for (clock, by_hand) in &clocks {
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
    let proven: HashMap<String, Proven> = looks
        .iter()
        .map(|l| (l.credential.clone(), l.proven()))
        .collect();
    let new = NewRun {
        id: new_id.to_owned(),
        digest: digest.to_owned(),
        spec: spec_of(&text, &proven, rewritten),
        estimate: to_i64(candidates),
    };
    let chunks: Vec<ChunkBounds> = looks.iter().flat_map(chunks_of).collect();
    hit("before-create");
    create(control, &names, &new, &chunks, &clocks).await?;
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
        proven,
        rate,
    }))
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

pub(super) fn chunks_of(look: &ColumnLook) -> Vec<ChunkBounds> {
    let mut out = Vec::new();
    let mut lo: Option<String> = None;
    for boundary in &look.boundaries {
        let hi = boundary.to_ledger();
        out.push(ChunkBounds {
            credential: look.credential.clone(),
            pass: 0,
            lo: lo.clone(),
            hi: Some(hi.clone()),
        });
        lo = Some(hi);
    }
    // The last one is open: what signs up during the run is seen too.
    out.push(ChunkBounds {
        credential: look.credential.clone(),
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
