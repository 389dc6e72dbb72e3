//! A run from beginning to end: what is prepared, the first pass, the sweeps, the closing of the accounts.
//!
//! What happens to a page is `pass`'s; what a row means is `judge`'s; locks and the ledger's run are `prepare`'s.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::time::{Duration, Instant};

use tokio::sync::Mutex;

use super::context::{Execution, StartRequest};
use super::lanes;
use super::locks::{give_back, take_locks};
use super::progress::RunProgress;
use super::sweeps::Docket;
use crate::config::{OnReset, digest_of};
use crate::engine::error::EngineError;
use crate::engine::event::{End, Event, Finished, Observer, Started};
use crate::engine::hash::budget::budget;
use crate::engine::hash::kernel::{choose_kernel, plan_for};
use crate::engine::hash::pool::Hasher;
use crate::engine::judge::judge::Judge;
use crate::engine::page_limits::{PAGE_ROWS_FIRST, PAGE_ROWS_MAX, PAGE_SECONDS};
use crate::engine::plan::dry_run::dry_run;
use crate::engine::plan::preflight::{LabelWidth, require_preflight};
use crate::engine::process;
use crate::engine::request::{Job, Mode, RunOptions};
use crate::engine::retry::retry;
use crate::engine::run::start::prepare::prepare;
use crate::engine::run::start::prepared::Prepared;
use crate::engine::run::throttle::lag_query::try_query;
use crate::engine::scan::known;
use crate::engine::session::Session;
use crate::engine::stop::Stop;
use crate::failpoint::hit;
use crate::kernel::Implementation;
use crate::machine::Machine;
use crate::store::ledger::{Accounts, RunState, RunStep, migrate, run as runs};
use crate::store::{CredentialColumn, Link, Role, StoreError, try_on_reset};

/// What is hashed has so long to be committed after a first signal, beyond the time of one hash; then the run is cut off. It leaves
/// room for the last words within the 5 s of SPEC 6.
const GRACE: Duration = Duration::from_secs(3);

/// So long the ledger may take to hear how an invocation ended.
const LAST_WORDS: Duration = Duration::from_millis(1_500);

/// Runs.
///
/// # Errors
/// What stops a run: the database, a refusal, a lock that another holds, counts that do not add up.
pub async fn run(
    mut session: Session<'_>,
    options: &RunOptions,
    observer: &dyn Observer,
    stop: &Stop,
) -> Result<Finished, EngineError> {
    try_query(&mut session, &options.throttle).await?;
    match options.mode {
        Mode::Dry => dry_run(&mut session, options, observer).await,
        Mode::Execute => execute(session, options, observer, stop).await,
    }
}

pub(crate) async fn execute(
    mut session: Session<'_>,
    options: &RunOptions,
    observer: &dyn Observer,
    stop: &Stop,
) -> Result<Finished, EngineError> {
    let outer = options.job.outer(session.settings.target.outer);
    let (kernel, threads) = match options.job {
        Job::Rules => (
            choose_kernel(options.kernel, &outer, observer),
            options.threads,
        ),
        Job::Relabel(_) | Job::Reset(_) => (Implementation::Crates, Some(1)),
    };
    let budget = budget(&Machine::detect(), &plan_for(&outer, kernel)?, threads)?;
    let me = process::me();
    let marks = match &options.job {
        Job::Rules => LabelWidth::Unknown,
        Job::Relabel(relabel) => LabelWidth::Of(relabel),
        Job::Reset(request) => request.marks(),
    };
    if let Job::Rules = options.job {
        known::check(&mut session).await?;
    }
    require_preflight(&mut session, marks, observer).await?;
    let mut control = Link::open(session.url.clone(), Role::Write).await?;
    let writers = lanes::writers(&session, &options.job).await?;
    // Before anything is written.
    for (column, credential) in session.columns.iter().zip(&session.settings.credentials) {
        let resets = session.settings.rules.resets(&credential.name)
            && !matches!(options.job, Job::Relabel(_));
        if resets && credential.on_reset != OnReset::default() {
            retry(&mut control, async |conn| try_on_reset(conn, column).await).await?;
        }
    }
    retry(&mut control, async |conn| {
        migrate::ensure(conn, &session.names).await
    })
    .await?;
    hit("after-ledger");
    let digest = digest_of(&options.job.canonical(session.settings));
    let new_id = uuid::Uuid::new_v4().to_string();
    let asked = StartRequest {
        me: &me,
        new_id: &new_id,
        options,
        observer,
        digest: &digest,
        budget: &budget,
    };
    let beginning = async {
        take_locks(&mut control, &session, &asked).await?;
        hit("after-locks");
        prepare(&mut control, &mut session, &asked).await
    };
    let begun = tokio::select! {
        begun = beginning => begun,
        signal = stop.signalled() => {
            // Whatever was under way on this connection is rolled back with it.
            control.lost();
            let words = give_back(&mut control, &session.names, &me);
            tokio::time::timeout(LAST_WORDS, words).await.ok();
            return Ok(without_a_run(signal.into(), observer));
        }
    };
    let prepared = match begun {
        Ok(Some(prepared)) => prepared,
        Ok(None) => {
            give_back(&mut control, &session.names, &me).await;
            return Ok(without_a_run(End::Nothing, observer));
        }
        Err(e) => {
            let words = give_back(&mut control, &session.names, &me);
            tokio::time::timeout(LAST_WORDS, words).await.ok();
            return Err(e);
        }
    };
    let execution = Execution {
        session: &session,
        options,
        observer,
        stop,
        me,
        control: Mutex::new(control),
        writers,
        measured: &prepared.measured,
    };
    let ended = execution.go(&prepared).await;
    execution.end(&prepared.run.id, &ended).await;
    let finished = ended?;
    observer.on(Some(&prepared.run.id), &Event::Finished(finished.clone()));
    Ok(finished)
}

/// What an invocation comes to that worked on no run.
fn without_a_run(end: End, observer: &dyn Observer) -> Finished {
    let finished = Finished {
        end,
        accounts: Accounts::default().into(),
        arrived: 0,
        waiting: 0,
        elapsed_seconds: 0.0,
        hashing_seconds: 0.0,
        busy_seconds: 0.0,
        hash_cpu_seconds: 0.0,
        hashed: 0,
        longest_lock_ms: 0,
        quarantined_by_reason: Vec::new(),
    };
    observer.on(None, &Event::Finished(finished.clone()));
    finished
}

impl Execution<'_> {
    async fn go(&self, prepared: &Prepared) -> Result<Finished, EngineError> {
        let names = &self.session.names;
        let run = &prepared.run.id;
        let outer = self.options.job.outer(self.session.settings.target.outer);
        let dialect = self.session.settings.target.dialect;
        let hasher = Hasher::start(outer, dialect, &self.measured.budget)?;
        hasher.tune(prepared.measured.rate / self.measured.budget.threads as f64);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "clamped to a small positive number"
        )]
        let page_rows =
            (self.measured.rate * PAGE_SECONDS).clamp(1.0, PAGE_ROWS_MAX as f64) as usize;
        let (first, sweeps) = self.accounts(run).await?;
        let mut limits = self.limits(page_rows, prepared.reset_limits.clone());
        // A page never grows beyond what --max-rate lets through in a second.
        let progress = RunProgress::new(first, sweeps, prepared.run.estimate, limits.page_rows);
        limits.page_rows = limits.page_rows.min(PAGE_ROWS_FIRST);
        let (progress, limits) = (RefCell::new(progress), RefCell::new(limits));
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
                        prepared.as_of_ms,
                        &self.session.deadlines,
                    )
                    .with_known(prepared.known.get(&c.name).cloned())
                    .for_job(&self.options.job)
                    .with_selection(prepared.selection.clone()),
                )
            })
            .collect();
        let columns = self
            .session
            .columns
            .iter()
            .map(|column| match judges[&column.credential].beside() {
                [] => Ok(column.clone()),
                companions => column.with_companions(companions),
            })
            .collect::<Result<Vec<CredentialColumn>, StoreError>>()?;
        let docket = Docket {
            judges,
            columns,
            cohort: prepared.cohort.clone(),
        };
        self.observer.on(
            Some(run),
            &Event::Started(Started {
                execute: true,
                resumed: prepared.resumed,
                digest: prepared.run.digest.clone(),
                threads: match self.options.job {
                    Job::Rules => self.measured.budget.threads,
                    Job::Relabel(_) | Job::Reset(_) => 0,
                },
                kernel: self.measured.budget.plan.implementation().as_str(),
                lockstep: self.measured.budget.plan.lockstep(),
                memory_bytes: self.measured.budget.hashing_bytes,
                estimate: prepared.run.estimate,
            }),
        );
        let begun = Instant::now();
        let over = Cell::new(false);
        let work = async {
            let mut readers = lanes::readers(self.session, self.writers.len())
                .await
                .inspect_err(|_| over.set(true))?;
            let end = self
                .passes(run, &mut readers, &docket, &hasher, &progress, &limits)
                .await;
            for reader in readers {
                reader.close().await;
            }
            over.set(true);
            end
        };
        let all = async {
            tokio::join!(
                work,
                self.beat(run, &hasher, &progress, &over),
                self.tick(run, &hasher, &progress, &over),
                self.watch_lag(&limits, &over)
            )
        };
        let end = tokio::select! {
            (end, (), (), ()) = all => end?,
            end = self.cut_off(prepared.measured.rate) => {
                // What was under way on these connections is rolled back with them.
                self.control.lock().await.lost();
                for writer in &self.writers {
                    writer.lock().await.lost();
                }
                let progress = progress.borrow();
                return Ok(Finished {
                    end,
                    accounts: progress.first.into(),
                    arrived: progress.sweeps.candidates,
                    waiting: progress.waiting,
                    elapsed_seconds: begun.elapsed().as_secs_f64(),
                    hashing_seconds: progress.hashing_seconds(),
                    busy_seconds: hasher.busy_seconds(),
                    hash_cpu_seconds: hasher.cpu_seconds(),
                    hashed: hasher.hashed(),
                    longest_lock_ms: progress.longest_lock_ms(),
                    quarantined_by_reason: Vec::new(),
                });
            }
        };
        if let Some(text) = limits
            .borrow()
            .reset_limits
            .words(&self.session.settings.rules)
        {
            self.observer.on(Some(run), &Event::Warning { text });
        }
        let event = progress.borrow_mut().event(&hasher, false);
        self.observer.on(Some(run), &Event::Progress(event));
        let quarantined_by_reason = self.quarantined(run).await?;
        let (first, sweeps) = self.accounts(run).await?;
        self.check_closed(run, end).await?;
        if matches!(end, End::Done | End::Arriving) {
            let mut control = self.control.lock().await;
            if end == End::Done {
                hit("before-done");
                retry(&mut control, async |conn| {
                    let step = RunStep {
                        from: RunState::Active,
                        to: RunState::Done,
                    };
                    runs::set_state(conn, names, run, step).await
                })
                .await?;
            }
        }
        let progress = progress.borrow();
        Ok(Finished {
            end,
            accounts: first.into(),
            arrived: sweeps.candidates,
            waiting: progress.waiting,
            elapsed_seconds: begun.elapsed().as_secs_f64(),
            hashing_seconds: progress.hashing_seconds(),
            busy_seconds: hasher.busy_seconds(),
            hash_cpu_seconds: hasher.cpu_seconds(),
            hashed: hasher.hashed(),
            longest_lock_ms: progress.longest_lock_ms(),
            quarantined_by_reason,
        })
    }

    /// Ends some time after a signal, where what is hashed could not be committed by then: the database is gone, or a lock is held.
    async fn cut_off(&self, hashes_per_second: f64) -> End {
        let signal = self.stop.signalled().await;
        let at_once = self.measured.budget.threads * self.measured.budget.plan.lockstep().max(1);
        let one_hash = at_once as f64 / hashes_per_second.max(0.01);
        tokio::time::sleep(GRACE + Duration::from_secs_f64(one_hash)).await;
        signal.into()
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
        // A database that is gone is not waited for again: what is not given back runs out, or is taken over from a dead process.
        if matches!(ended, Err(EngineError::Store(e)) if e.is_transient()) {
            return;
        }
        let words = async {
            let mut control = self.control.lock().await;
            retry(&mut control, async |conn| {
                runs::set_stopped(conn, &self.session.names, run, &stopped).await
            })
            .await
            .ok();
            hit("before-release");
            give_back(&mut control, &self.session.names, &self.me).await;
        };
        // What can't be noted now is no loss: the chunks say where the run stands.
        tokio::time::timeout(LAST_WORDS, words).await.ok();
    }
}
