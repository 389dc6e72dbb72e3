//! A run from beginning to end: locks, the ledger's run and chunks, the first pass, the sweeps, the closing of the accounts.
//!
//! What happens to a page is `pass`'s; what a row means is `judge`'s.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

use tokio::sync::Mutex;

use super::calibrate::calibrate;
use super::error::EngineError;
use super::event::{End, Event, Finished, Observer, RunStatus, Started};
use super::hasher::{Hasher, plan_for};
use super::identity;
use super::judge::{Judge, Proven, Verdict};
use super::keys::parse_keys;
use super::limits::{Budget, Machine, budget};
use super::look::{ColumnLook, Purpose, look};
use super::options::{Mode, RunOptions, Selection};
use super::pass::{Limits, PAGE_ROWS_MAX, PAGE_SECONDS, Pass, ReadEnd, row_event};
use super::patience::patiently;
use super::plan::{choose_kernel, doubts, not_ready, refusals};
use super::session::Session;
use super::spec::{proven_of, spec_of};
use super::stop::{Signal, Stop};
use super::tally::Tally;
use crate::config::{canonical, differences, digest_of};
use crate::store::ledger::{
    Accounts, ChunkBounds, ChunkState, LockAttempt, Names, NewRun, RuleClock, RunRow, RunState,
    WorkerIdentity, WorkerLine, add_pass, chunk, create_run, lock, log, migrate, run as runs,
};
use crate::store::{Bounds, Key, Link, Role, read_keys, read_page};

/// A heartbeat every third of the lease's 30 s.
const HEARTBEAT: Duration = Duration::from_secs(10);
const TICK: Duration = Duration::from_secs(1);
/// A canary of at most so many rows needs no `readers_ready`: that is how one finds out.
const FREE_CANARY_ROWS: usize = 10;
/// A chunk is about so much hashing.
const CHUNK_SECONDS: f64 = 300.0;

/// Runs.
///
/// # Errors
/// What stops a run: the database, a refusal, a lock that another holds, accounts that do not close.
pub async fn run(
    mut session: Session<'_>,
    options: &RunOptions,
    observer: &dyn Observer,
    stop: &Stop,
) -> Result<Finished, EngineError> {
    match options.mode {
        Mode::Dry => dry(&mut session, options, observer).await,
        Mode::Execute => execute(session, options, observer, stop).await,
    }
}

/// Says what would be done.
async fn dry(
    session: &mut Session<'_>,
    options: &RunOptions,
    observer: &dyn Observer,
) -> Result<Finished, EngineError> {
    let begun = Instant::now();
    let looks = look(session, Purpose::Count, observer).await?;
    for refusal in refusals(session, &looks) {
        let text = format!(
            "run --execute would refuse: {}; {}",
            refusal.what, refusal.hint
        );
        observer.on(None, &Event::Warning { text });
    }
    let mut accounts = Accounts::default();
    for (i, seen) in looks.iter().enumerate() {
        accounts.seen += to_i64(seen.census.rows + seen.excepted);
        accounts.candidates += to_i64(seen.candidates());
        if options.print {
            print_rows(session, i, seen.proven(), options, observer).await?;
        }
    }
    let waiting = looks.iter().map(ColumnLook::waiting).sum();
    let finished = Finished {
        end: End::Dry,
        accounts: accounts.into(),
        arrived: 0,
        waiting: to_i64(waiting),
        elapsed_seconds: begun.elapsed().as_secs_f64(),
        hashing_seconds: 0.0,
        busy_seconds: 0.0,
        hash_cpu_seconds: 0.0,
        hashed: 0,
        quarantined_by_reason: Vec::new(),
    };
    observer.on(None, &Event::Finished(finished.clone()));
    Ok(finished)
}

/// Emits an event for every row that a run would do something to.
async fn print_rows(
    session: &mut Session<'_>,
    i: usize,
    proven: Proven,
    options: &RunOptions,
    observer: &dyn Observer,
) -> Result<(), EngineError> {
    let column = session.columns[i].clone();
    let credential = &session.settings.credentials[i];
    let judge = Judge::new(
        session.settings,
        credential,
        proven,
        session.now_ms,
        &session.deadlines,
    );
    let mut left = match &options.selection {
        Selection::Canary(n) => *n,
        _ => u64::MAX,
    };
    if let Selection::Keys(lines) = &options.selection {
        let keys = parse_keys(&session.columns, lines)?
            .remove(&credential.name)
            .unwrap_or_default();
        for row in read_keys(&mut session.conn, &column, &keys)
            .await?
            .into_iter()
            .flatten()
        {
            observer.on(None, &row_event(&credential.name, &row, &judge.judge(&row)));
        }
        return Ok(());
    }
    let mut after: Option<Key> = None;
    loop {
        let rows = read_page(
            &mut session.conn,
            &column,
            Bounds {
                after: after.as_ref(),
                up_to: None,
                limit: PAGE_ROWS_MAX,
            },
        )
        .await?;
        for row in &rows {
            let judged = judge.judge(row);
            if matches!(judged.verdict, Verdict::Keep | Verdict::Waits) {
                continue;
            }
            if left == 0 {
                return Ok(());
            }
            left -= 1;
            observer.on(None, &row_event(&credential.name, row, &judged));
        }
        if rows.len() < PAGE_ROWS_MAX {
            return Ok(());
        }
        after = rows.last().map(|r| r.key.clone());
    }
}

/// A run that writes, with everything that it holds.
struct Execution<'a> {
    session: &'a Session<'a>,
    options: &'a RunOptions,
    observer: &'a dyn Observer,
    stop: &'a Stop,
    me: WorkerIdentity,
    control: Mutex<Link>,
    /// None on SQLite, where the control connection writes too.
    writer: Option<Mutex<Link>>,
    budget: Budget,
    rate: f64,
}

async fn execute(
    mut session: Session<'_>,
    options: &RunOptions,
    observer: &dyn Observer,
    stop: &Stop,
) -> Result<Finished, EngineError> {
    let outer = session.settings.target.outer;
    let kernel = choose_kernel(options.kernel, observer);
    let budget = budget(
        &Machine::look(),
        &plan_for(&outer, kernel)?,
        options.threads,
    )?;
    let me = identity::me();
    let mut control = Link::open(session.url.clone(), Role::Write).await?;
    patiently(&mut control, async |conn| {
        migrate::ensure(conn, &session.names).await
    })
    .await?;
    let digest = digest_of(&canonical(session.settings));
    let new_id = uuid::Uuid::new_v4().to_string();
    take_locks(
        &mut control,
        &session,
        &me,
        &new_id,
        options.wait,
        observer,
        stop,
    )
    .await?;
    let prepared = prepare(
        &mut control,
        &mut session,
        options,
        observer,
        &digest,
        &new_id,
        &budget,
    )
    .await;
    let prepared = match prepared {
        Ok(Some(prepared)) => prepared,
        Ok(None) => {
            give_back(&mut control, &session.names, &new_id, &me).await;
            let finished = nothing();
            observer.on(None, &Event::Finished(finished.clone()));
            return Ok(finished);
        }
        Err(e) => {
            give_back(&mut control, &session.names, &new_id, &me).await;
            return Err(e);
        }
    };
    let writer = match control.conn().await?.kind() {
        crate::store::Kind::Sqlite => None,
        _ => Some(Mutex::new(
            Link::open(session.url.clone(), Role::Write).await?,
        )),
    };
    let execution = Execution {
        session: &session,
        options,
        observer,
        stop,
        me,
        control: Mutex::new(control),
        writer,
        budget,
        rate: prepared.rate,
    };
    let ended = execution.go(&prepared).await;
    execution.end(&prepared.run.id, &ended).await;
    let finished = ended?;
    observer.on(Some(&prepared.run.id), &Event::Finished(finished.clone()));
    Ok(finished)
}

fn nothing() -> Finished {
    Finished {
        end: End::Nothing,
        accounts: Accounts::default().into(),
        arrived: 0,
        waiting: 0,
        elapsed_seconds: 0.0,
        hashing_seconds: 0.0,
        busy_seconds: 0.0,
        hash_cpu_seconds: 0.0,
        hashed: 0,
        quarantined_by_reason: Vec::new(),
    }
}

/// A run that stands in the ledger.
struct Prepared {
    run: RunRow,
    resumed: bool,
    proven: HashMap<String, Proven>,
    rate: f64,
}

/// Takes the lock of every column, waiting where that was asked for.
async fn take_locks(
    control: &mut Link,
    session: &Session<'_>,
    me: &WorkerIdentity,
    run: &str,
    wait: Duration,
    observer: &dyn Observer,
    stop: &Stop,
) -> Result<(), EngineError> {
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
            if since.elapsed() >= wait || stop.get().is_some() {
                give_back(control, &session.names, run, me).await;
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

/// Finds the run that goes on, or makes a new one; none where there is nothing to do.
async fn prepare(
    control: &mut Link,
    session: &mut Session<'_>,
    options: &RunOptions,
    observer: &dyn Observer,
    digest: &str,
    new_id: &str,
    budget: &Budget,
) -> Result<Option<Prepared>, EngineError> {
    let names = session.names.clone();
    let text = canonical(session.settings);
    let active = patiently(control, async |conn| runs::active(conn, &names).await).await?;
    let active = match active {
        Some(run) if run.digest == digest => Some(run),
        Some(run) if options.new_run => {
            patiently(control, async |conn| {
                runs::set_state(conn, &names, &run.id, RunState::Active, RunState::Abandoned).await
            })
            .await?;
            None
        }
        Some(run) => {
            let (old, _) = super::spec::read(&run.spec)?;
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
    let rate = calibrate(session.settings.target.outer, budget)
        .await?
        .hashes_per_second;
    if let Some(run) = active {
        let proven = proven_of(&run.spec)?;
        check_ready(session, options, None)?;
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
    let looks = look(session, Purpose::Chunks(size), observer).await?;
    if let Some(refusal) = doubts(session, &looks).into_iter().next() {
        return Err(EngineError::Refused {
            what: refusal.what,
            hint: refusal.hint,
        });
    }
    check_ready(session, options, Some(&looks))?;
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
        spec: spec_of(&text, &proven),
        estimate: to_i64(candidates),
    };
    let chunks: Vec<ChunkBounds> = looks.iter().flat_map(chunks_of).collect();
    create(control, &names, &new, &chunks, &clocks).await?;
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
async fn create(
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

/// A run that would wrap needs readers that can read wrapped values; a small canary is how one finds out.
fn check_ready(
    session: &Session<'_>,
    options: &RunOptions,
    looks: Option<&[ColumnLook]>,
) -> Result<(), EngineError> {
    let free = match &options.selection {
        Selection::Canary(n) => *n <= FREE_CANARY_ROWS as u64,
        Selection::Keys(keys) => keys.len() <= FREE_CANARY_ROWS,
        Selection::All => false,
    };
    if free {
        return Ok(());
    }
    for (i, credential) in session.settings.credentials.iter().enumerate() {
        let wraps = looks.is_none_or(|l| l[i].wraps() > 0);
        if wraps && !credential.readers_ready && !is_plaintext(credential) {
            let refusal = not_ready(&credential.name);
            return Err(EngineError::Refused {
                what: refusal.what,
                hint: refusal.hint,
            });
        }
    }
    Ok(())
}

/// What is stored in the clear is rehashed to a native string; nothing of it is ever wrapped.
fn is_plaintext(credential: &crate::config::Credential) -> bool {
    credential.scheme == crate::scheme::Declared::Scheme(crate::scheme::Scheme::PLAINTEXT)
}

/// The clocks that the rules need, and whether each is set by hand.
fn clocks(session: &Session<'_>) -> Vec<(RuleClock, bool)> {
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

fn chunks_of(look: &ColumnLook) -> Vec<ChunkBounds> {
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

async fn give_back(control: &mut Link, names: &Names, run: &str, me: &WorkerIdentity) {
    // A lock that can't be given back runs out by itself, and a process that is gone is taken over at once.
    patiently(control, async |conn| {
        lock::release(conn, names, run, &me.id).await
    })
    .await
    .ok();
}

impl Execution<'_> {
    async fn go(&self, prepared: &Prepared) -> Result<Finished, EngineError> {
        let names = &self.session.names;
        let run = &prepared.run.id;
        let hasher = Hasher::start(self.session.settings.target.outer, &self.budget)?;
        hasher.tune(prepared.rate / self.budget.threads as f64);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "clamped to a small positive number"
        )]
        let page_rows = (self.rate * PAGE_SECONDS).clamp(1.0, PAGE_ROWS_MAX as f64) as usize;
        let (first, sweeps) = self.accounts(run).await?;
        let tally = RefCell::new(Tally::new(first, sweeps, prepared.run.estimate, page_rows));
        let limits = RefCell::new(self.limits(page_rows));
        let judges: HashMap<String, Judge<'_>> = self
            .session
            .settings
            .credentials
            .iter()
            .map(|c| {
                let proven = prepared.proven.get(&c.name).cloned().unwrap_or_default();
                (
                    c.name.clone(),
                    Judge::new(
                        self.session.settings,
                        c,
                        proven,
                        self.session.now_ms,
                        &self.session.deadlines,
                    ),
                )
            })
            .collect();
        self.observer.on(
            Some(run),
            &Event::Started(Started {
                execute: true,
                resumed: prepared.resumed,
                digest: prepared.run.digest.clone(),
                threads: self.budget.threads,
                lockstep: self.budget.plan.lockstep(),
                memory_bytes: self.budget.hashing_bytes,
                estimate: prepared.run.estimate,
            }),
        );
        let begun = Instant::now();
        let work = async {
            let mut reader = Link::open(self.session.url.clone(), Role::Read).await?;
            let end = self
                .passes(run, &mut reader, &judges, &hasher, &tally, &limits)
                .await;
            reader.close().await;
            end
        };
        let end = tokio::select! {
            end = work => end?,
            never = self.beat(run, &hasher, &tally) => never,
            never = self.tick(run, &hasher, &tally) => never,
        };
        let progress = tally.borrow_mut().progress(&hasher, false);
        self.observer.on(Some(run), &Event::Progress(progress));
        let quarantined_by_reason = self.quarantined(run).await?;
        let tally = tally.borrow();
        let (first, sweeps) = self.accounts(run).await?;
        self.check_closed(run, end).await?;
        if matches!(end, End::Done | End::Arriving) {
            let mut control = self.control.lock().await;
            if end == End::Done {
                patiently(&mut control, async |conn| {
                    runs::set_state(conn, names, run, RunState::Active, RunState::Done).await
                })
                .await?;
            }
        }
        Ok(Finished {
            end,
            accounts: first.into(),
            arrived: sweeps.candidates,
            waiting: tally.waiting,
            elapsed_seconds: begun.elapsed().as_secs_f64(),
            hashing_seconds: tally.hashing_seconds(),
            busy_seconds: hasher.busy_seconds(),
            hash_cpu_seconds: hasher.cpu_seconds(),
            hashed: hasher.hashed(),
            quarantined_by_reason,
        })
    }

    /// The selection, the first pass, the sweeps.
    async fn passes(
        &self,
        run: &str,
        reader: &mut Link,
        judges: &HashMap<String, Judge<'_>>,
        hasher: &Hasher,
        tally: &RefCell<Tally>,
        limits: &RefCell<Limits>,
    ) -> Result<End, EngineError> {
        let pass = |number: i64, keys, given_up| Pass {
            names: &self.session.names,
            columns: &self.session.columns,
            judges,
            hasher,
            observer: self.observer,
            stop: self.stop,
            tally,
            limits,
            control: &self.control,
            writer: self.writer.as_ref().unwrap_or(&self.control),
            run,
            worker: &self.me.id,
            pass: number,
            given_up,
            keys,
            print: self.options.print,
        };
        if let Selection::Keys(lines) = &self.options.selection {
            let keys = parse_keys(&self.session.columns, lines)?;
            let chunks: Vec<ChunkBounds> = keys
                .keys()
                .map(|c| ChunkBounds {
                    credential: c.clone(),
                    pass: -1,
                    lo: None,
                    hi: None,
                })
                .collect();
            self.add(run, &chunks).await?;
            self.observer.on(Some(run), &Event::Pass { pass: -1 });
            tally.borrow_mut().begin_pass(-1);
            let end = pass(-1, Some(keys), HashSet::new()).work(reader).await?;
            return Ok(self.end_of(end, tally).unwrap_or(End::Canary));
        }
        self.observer.on(Some(run), &Event::Pass { pass: 0 });
        tally.borrow_mut().begin_pass(0);
        loop {
            let end = pass(0, None, HashSet::new()).work(reader).await?;
            if let Some(end) = self.end_of(end, tally) {
                return Ok(end);
            }
            if self.is_done(run, 0).await? {
                break;
            }
            // Another worker holds a chunk: it ends, or its lease runs out and the chunk is ours.
            tally
                .borrow_mut()
                .set_status(RunStatus::Waiting, Some("another worker holds a chunk"));
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
        if matches!(self.options.selection, Selection::Canary(_)) {
            return Ok(End::Canary);
        }
        let first_sweep = self.last_pass(run).await? + 1;
        for n in 0..i64::from(self.options.sweeps) {
            let number = first_sweep.max(1) + n;
            let chunks: Vec<ChunkBounds> = self
                .session
                .columns
                .iter()
                .map(|c| ChunkBounds {
                    credential: c.credential.clone(),
                    pass: number,
                    lo: None,
                    hi: None,
                })
                .collect();
            self.add(run, &chunks).await?;
            self.observer.on(Some(run), &Event::Pass { pass: number });
            tally.borrow_mut().begin_pass(number);
            let before = tally.borrow().sweeps.candidates;
            let end = pass(number, None, self.given_up(run).await?)
                .work(reader)
                .await?;
            if let Some(end) = self.end_of(end, tally) {
                return Ok(end);
            }
            if tally.borrow().sweeps.candidates == before {
                return Ok(End::Done);
            }
        }
        Ok(if self.options.sweeps == 0 {
            End::Done
        } else {
            End::Arriving
        })
    }

    /// Why the run ends with this pass; none where it goes on.
    fn end_of(&self, end: ReadEnd, tally: &RefCell<Tally>) -> Option<End> {
        if tally.borrow().lock_lost {
            return Some(End::LeaseLost);
        }
        match (self.stop.get(), end) {
            (Some(Signal::Interrupt), _) => Some(End::Interrupted),
            (Some(Signal::Terminate), _) => Some(End::Terminated),
            (None, ReadEnd::Complete | ReadEnd::Stopped) => None,
            (None, ReadEnd::MaxRows) => Some(End::MaxRows),
            (None, ReadEnd::MaxRuntime) => Some(End::MaxRuntime),
            (None, ReadEnd::Canary) => Some(End::Canary),
        }
    }

    fn limits(&self, page_rows: usize) -> Limits {
        let o = self.options;
        let canary_left = match &o.selection {
            Selection::Canary(n) => Some(
                self.session
                    .settings
                    .credentials
                    .iter()
                    .map(|c| (c.name.clone(), *n))
                    .collect(),
            ),
            _ => None,
        };
        let page_rows = match o.max_rate {
            // A page is at most a second's worth.
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "clamped to a small positive number"
            )]
            Some(rate) => page_rows.min(rate.clamp(1.0, PAGE_ROWS_MAX as f64) as usize),
            None => page_rows,
        };
        Limits {
            rows_left: o.max_rows,
            canary_left,
            until: o.max_runtime.map(|d| Instant::now() + d),
            max_rate: o.max_rate,
            let_through: (0.0, Instant::now()),
            pause_file: o.pause_file.clone(),
            page_rows,
        }
    }

    async fn add(&self, run: &str, chunks: &[ChunkBounds]) -> Result<(), EngineError> {
        let mut control = self.control.lock().await;
        let conn = control.conn().await?;
        add_pass(conn, &self.session.names, run, chunks).await?;
        Ok(())
    }

    async fn last_pass(&self, run: &str) -> Result<i64, EngineError> {
        let mut control = self.control.lock().await;
        let chunks = patiently(&mut control, async |conn| {
            chunk::list(conn, &self.session.names, run).await
        })
        .await?;
        Ok(chunks.iter().map(|c| c.pass).max().unwrap_or(0))
    }

    /// Whether every chunk of a pass is done. What this worker claimed without hearing so is given back.
    async fn is_done(&self, run: &str, pass: i64) -> Result<bool, EngineError> {
        let names = &self.session.names;
        let mut control = self.control.lock().await;
        let chunks = patiently(&mut control, async |conn| {
            chunk::release_owner(conn, names, run, &self.me.id).await?;
            chunk::list(conn, names, run).await
        })
        .await?;
        Ok(chunks
            .iter()
            .all(|c| c.pass != pass || c.state == ChunkState::Done))
    }

    async fn accounts(&self, run: &str) -> Result<(Accounts, Accounts), EngineError> {
        let mut control = self.control.lock().await;
        let chunks = patiently(&mut control, async |conn| {
            chunk::list(conn, &self.session.names, run).await
        })
        .await?;
        let mut sums = (Accounts::default(), Accounts::default());
        for chunk in chunks {
            if chunk.pass <= 0 {
                sums.0 += chunk.accounts;
            } else {
                sums.1 += chunk.accounts;
            }
        }
        Ok(sums)
    }

    /// Every pass must close, for every credential.
    async fn check_closed(&self, run: &str, end: End) -> Result<(), EngineError> {
        let mut control = self.control.lock().await;
        let chunks = patiently(&mut control, async |conn| {
            chunk::list(conn, &self.session.names, run).await
        })
        .await?;
        let finished = matches!(end, End::Done | End::Arriving);
        for chunk in chunks {
            let a = chunk.accounts;
            let undone = finished && chunk.pass == 0 && chunk.state != ChunkState::Done;
            if !a.close() || undone {
                return Err(EngineError::Open {
                    credential: chunk.credential,
                    candidates: a.candidates,
                    accounted: a.done + a.superseded + a.deleted + a.quarantined,
                });
            }
        }
        Ok(())
    }

    async fn quarantined(&self, run: &str) -> Result<Vec<(String, i64)>, EngineError> {
        let mut control = self.control.lock().await;
        let counts = patiently(&mut control, async |conn| {
            log::quarantine_counts(conn, &self.session.names, run).await
        })
        .await?;
        let mut by_reason: Vec<(String, i64)> = Vec::new();
        for (_, reason, n) in counts {
            match by_reason.iter_mut().find(|(r, _)| *r == reason) {
                Some((_, sum)) => *sum += n,
                None => by_reason.push((reason, n)),
            }
        }
        Ok(by_reason)
    }

    /// The rows that this run has given up on.
    async fn given_up(&self, run: &str) -> Result<HashSet<(String, String)>, EngineError> {
        let mut control = self.control.lock().await;
        let lines = patiently(&mut control, async |conn| {
            log::quarantined(conn, &self.session.names, run, usize::MAX >> 1).await
        })
        .await?;
        Ok(lines
            .into_iter()
            .map(|l| (l.credential, l.row_key))
            .collect())
    }

    /// Keeps the locks and leases, and tells the ledger that this worker is alive.
    async fn beat(&self, run: &str, hasher: &Hasher, tally: &RefCell<Tally>) -> End {
        loop {
            {
                let mut control = self.control.lock().await;
                let line = self.line(hasher, tally);
                let names = &self.session.names;
                let held = match control.conn().await {
                    Ok(conn) => {
                        async {
                            let held = lock::heartbeat(conn, names, &self.me.id).await?;
                            log::worker(conn, names, run, &line).await?;
                            Ok(held)
                        }
                        .await
                    }
                    Err(e) => Err(e),
                };
                match held {
                    Ok(held) if held < self.session.columns.len() as u64 => {
                        tally.borrow_mut().lock_lost = true
                    }
                    Ok(_) => {}
                    // The lease runs on for a while; the next beat may get through, and the fence keeps the counts right.
                    Err(e) if e.is_transient() => control.lost(),
                    Err(_) => {}
                }
            }
            tokio::time::sleep(HEARTBEAT).await;
        }
    }

    fn line(&self, hasher: &Hasher, tally: &RefCell<Tally>) -> WorkerLine {
        let progress = tally
            .borrow_mut()
            .progress(hasher, self.stop.get().is_some());
        #[expect(
            clippy::cast_possible_truncation,
            reason = "rows a minute; the cast saturates"
        )]
        let per_minute = (progress.rate * 60.0) as i64;
        WorkerLine {
            id: self.me.id.clone(),
            host: self.me.host.clone(),
            pid: self.me.pid,
            threads: to_i64(self.budget.threads as u64),
            state: format!("{:?}", progress.state).to_lowercase(),
            reason: progress.reason.unwrap_or_default(),
            per_minute,
            started_ms: 0,
            seen_ms: 0,
        }
    }

    /// Tells where the run stands, and passes a signal on to the pool.
    async fn tick(&self, run: &str, hasher: &Hasher, tally: &RefCell<Tally>) -> End {
        let mut last = Instant::now();
        loop {
            tokio::time::sleep(Duration::from_millis(50)).await;
            let stopping = self.stop.get().is_some();
            if stopping || tally.borrow().lock_lost {
                hasher.stop();
            }
            if last.elapsed() >= TICK {
                last = Instant::now();
                let progress = tally.borrow_mut().progress(hasher, stopping);
                self.observer.on(Some(run), &Event::Progress(progress));
            }
        }
    }

    /// Notes how the invocation ended and gives the locks back.
    async fn end(&self, run: &str, ended: &Result<Finished, EngineError>) {
        let stopped = match ended {
            Ok(finished) => serde_json::to_value(finished.end)
                .ok()
                .and_then(|v| v.as_str().map(str::to_owned))
                .unwrap_or_default(),
            Err(_) => "error".to_owned(),
        };
        let mut control = self.control.lock().await;
        // What can't be noted now is no loss: the chunks say where the run stands.
        patiently(&mut control, async |conn| {
            runs::set_stopped(conn, &self.session.names, run, &stopped).await
        })
        .await
        .ok();
        give_back(&mut control, &self.session.names, run, &self.me).await;
    }
}

fn to_i64(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}
