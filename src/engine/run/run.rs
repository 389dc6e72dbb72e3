//! A run from beginning to end: prepared, equipped, worked off, its counts checked, its end noted.
//!
//! The order stands here. What each step does is in a file of its own beside this one.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::sync::Mutex;

use super::context::{Execution, RunRequest};
use super::equip::equip;
use super::health::{EarlyEnd, RunHealth};
use super::join::begin::{begin, require_joinable};
use super::join::member::RunMember;
use super::lanes;
use super::limits::{Limits, Restraints};
use super::locks::{LAST_WORDS_MAX, LockTaker, LockWait, give_back, take_locks};
use super::orders::Orders;
use super::progress::{RunCounts, RunProgress};
use super::start::ledger::require_whole_ledger;
use super::start::prepare::prepare;
use super::start::prepared::{Beginning, Prepared};
use super::throttle::signal::{Readings, ThrottleLook};
use super::throttle::throttle::Throttle;
use super::throttle::watch::{Watched, try_watched, until_critical, watch_database, watch_http};
use crate::config::OnReset;
use crate::engine::error::EngineError;
use crate::engine::event::{End, Event, Finished, Observer, Started, to_i64};
use crate::engine::hash::budget::budget;
use crate::engine::hash::calibrate::MeasuredRate;
use crate::engine::hash::kernel::plan_for;
use crate::engine::page_limits::{PAGE_ROWS_FIRST, PAGE_ROWS_MAX, PAGE_SECONDS};
use crate::engine::patient::patiently;
use crate::engine::plan::adopt_proof::prove;
use crate::engine::plan::dry_run::dry_run;
use crate::engine::plan::job::JobPlan;
use crate::engine::plan::preflight::{LabelWidth, require_preflight};
use crate::engine::plan::refusals::check_ready;
use crate::engine::plan::site::{require_same_files, tell_of_missing_key};
use crate::engine::process;
use crate::engine::relabel::Relabel;
use crate::engine::request::{Job, LoadBound, Mode, ResetRequest, RunOptions, Until};
use crate::engine::retry::retry;
use crate::engine::scan::known;
use crate::engine::session::Session;
use crate::engine::stop::Stop;
use crate::failpoint::hit;
use crate::machine::Machine;
use crate::store::ledger::joined::DONE;
use crate::store::ledger::{
    Closing, JoinedEnd, Names, UnfinishedRun, WorkerIdentity, finish_run, lock, migrate,
    run as runs, worker,
};
use crate::store::{Link, Role, try_on_reset};

/// After a first signal, what is hashed has so long to be committed, beyond the time of one hash.
/// Then the run is cut off. It leaves room for the last words: a run ends within 5 s of the signal.
const GRACE: Duration = Duration::from_secs(3);

/// So long the ledger may take to hear how an invocation ended, once a signal asks for the end.
const LAST_WORDS: Duration = Duration::from_millis(1_500);

const _: () = assert!(
    GRACE.as_millis() + LAST_WORDS.as_millis() < 5_000,
    "a run promises to end within 5 s of a signal"
);

/// Runs a job, or says what it would do.
///
/// # Errors
/// What stops a run: the database, a refusal, a lock that another holds, counts that do not add up.
/// A reset also ends where its request was not applied to the settings
/// ([`ResetRequest::apply_to`]).
pub async fn run(
    mut session: Session<'_>,
    options: &RunOptions,
    observer: &dyn Observer,
    stop: &Stop,
) -> Result<Finished, EngineError> {
    if matches!(options.job, Job::Reset(_)) {
        ResetRequest::check_applied(session.settings)?;
    }
    require_same_files(&mut session, observer).await?;
    let loaded = try_watched(&mut session, &options.throttle, observer).await?;
    if let Some((bound, now)) = loaded {
        return Ok(without_a_run(
            ended_early(critical_end(&bound, now)),
            observer,
        ));
    }
    let adopting;
    let options = match &options.job {
        Job::Relabel(Relabel::Adopt(adopt)) => {
            if options.mode == Mode::Execute {
                let of_all: Vec<String> = session
                    .columns
                    .iter()
                    .map(|c| c.credential.clone())
                    .collect();
                check_ready(&session, options, &of_all)?;
            }
            let proven = prove(&mut session, adopt, observer).await?;
            adopting = RunOptions {
                job: Job::Relabel(Relabel::Adopt(proven)),
                ..options.clone()
            };
            &adopting
        }
        _ => options,
    };
    match options.mode {
        Mode::Dry => dry_run(&mut session, options, observer).await,
        // On the heap, as the larger steps of it are: together they need a big stack.
        Mode::Execute => Box::pin(execute(session, options, observer, stop)).await,
    }
}

async fn execute(
    mut session: Session<'_>,
    options: &RunOptions,
    observer: &dyn Observer,
    stop: &Stop,
) -> Result<Finished, EngineError> {
    let job = JobPlan::new(&options.job, session.settings);
    let (kernel, threads) = job.kernel(options, observer);
    let budget = budget(&Machine::detect(), &plan_for(&job.outer, kernel)?, threads)?;
    let me = process::me();
    if job.asks_every_rule {
        patiently(&mut session, observer, async |session| {
            known::check(session).await
        })
        .await?;
    }
    let width = LabelWidth::of_job(&options.job);
    require_preflight(&mut session, width, observer).await?;
    if options.join.is_some() {
        require_joinable(&session, options)?;
    }
    let mut control = Link::open_again(session.url.clone(), Role::Write).await?;
    let writers = lanes::writers(&session, &job).await?;
    if job.may_reset {
        try_resets(&mut control, &session).await?;
    }
    let unfinished = match options.new_run {
        true => UnfinishedRun::RefusesWhileHeld,
        false => UnfinishedRun::Refuses,
    };
    retry(&mut control, async |conn| {
        migrate::ensure_beside(conn, &session.names, unfinished).await
    })
    .await?;
    require_whole_ledger(&mut control, &session.names).await?;
    tell_of_missing_key(&mut session, observer).await?;
    hit("after-ledger");
    let new_id = uuid::Uuid::new_v4().to_string();
    let orders = Orders::new(&session.names, observer);
    if let Some(early) = orders.hear_all(&mut control, &new_id).await? {
        return Ok(without_a_run(ended_early(early), observer));
    }
    let threads = to_i64(budget.threads as u64);
    let member = options
        .join
        .as_deref()
        .map(|joined| RunMember::new(joined, options.worker_name(&me.host), &me, threads));
    let member = member.as_ref();
    let request = RunRequest {
        me: &me,
        new_id: &new_id,
        options,
        job: &job,
        observer,
        budget: &budget,
        holder: &me,
        member,
        duty: None,
    };
    let (url, names) = (session.url.clone(), session.names.clone());
    let leaving = Leaving {
        names: &names,
        me: &me,
        member,
    };
    let beginning = async {
        if member.is_some() {
            return begin(&mut control, &mut session, &request).await;
        }
        let taker = LockTaker {
            me: &me,
            run: &new_id,
            wait: Some(LockWait {
                at_most: options.wait,
                observer,
            }),
        };
        take_locks(&mut control, &session, taker).await?;
        hit("after-locks");
        prepare(&mut control, &mut session, &request).await
    };
    let early = async {
        tokio::select! {
            ordered = orders.listen_apart(url.clone(), &new_id) => ordered,
            closed = window_end(options.until.as_ref()) => Ok(closed),
            (bound, now) = until_critical(&url, &options.throttle) => Ok(critical_end(&bound, now)),
        }
    };
    let begun = tokio::select! {
        begun = Box::pin(beginning) => begun,
        signal = stop.signalled() => {
            // Whatever was under way on this connection is rolled back with it.
            control.lost();
            let end: End = signal.into();
            let words = leaving.leave(&mut control, end.as_str());
            tokio::time::timeout(LAST_WORDS, words).await.ok();
            let stopped = Finished {
                end,
                ..Finished::default()
            };
            return Ok(without_a_run(stopped, observer));
        }
        early = Box::pin(early) => {
            control.lost();
            let words = leaving.leave(&mut control, "stopped");
            tokio::time::timeout(LAST_WORDS, words).await.ok();
            return Ok(without_a_run(ended_early(early?), observer));
        }
    };
    let prepared = match begun {
        Ok(Beginning::Run(prepared)) => *prepared,
        Ok(Beginning::Recorded(finished)) => {
            say_last(stop, leaving.leave(&mut control, finished.end.as_str())).await;
            return Ok(without_a_run(*finished, observer));
        }
        Ok(Beginning::LeaseLost) => {
            say_last(stop, leaving.leave(&mut control, End::LeaseLost.as_str())).await;
            let lost = Finished {
                end: End::LeaseLost,
                ..Finished::default()
            };
            return Ok(without_a_run(lost, observer));
        }
        Ok(Beginning::Nothing { uncovered }) => {
            say_last(stop, leaving.leave(&mut control, End::Nothing.as_str())).await;
            let nothing = Finished {
                uncovered,
                ..Finished::default()
            };
            return Ok(without_a_run(nothing, observer));
        }
        Err(e) => {
            if !e.is_gone() {
                say_last(stop, leaving.leave(&mut control, "error")).await;
            }
            return Err(e);
        }
    };
    let equipped = async {
        let equipment = equip(&mut control, &session, &request, &prepared).await?;
        let locks = retry(&mut control, async |conn| {
            lock::held_by(conn, &session.names, &me.id).await
        });
        let locks = locks.await?;
        // Orders for a run that goes on were not heard as long as it was not known which.
        let early = orders.hear_all(&mut control, &prepared.run.id).await?;
        Ok((equipment, locks, early))
    };
    let ended = match Box::pin(equipped).await {
        Err(e) => Err(e),
        Ok((equipment, locks, early)) => {
            let readings = Rc::new(Readings::new());
            let restraints = Restraints {
                throttle: Throttle::new(&options.throttle, &orders.steering, &readings),
                steering: orders.steering.clone(),
                reset_limits: prepared.reset_limits.clone(),
            };
            let mut limits = Limits::new(
                options,
                session.settings,
                page_rows(&prepared.measured),
                restraints,
            );
            let most = limits.page_rows;
            let estimate = prepared.run.estimate;
            limits.page_rows = most.min(PAGE_ROWS_FIRST);
            let health = RunHealth::new();
            if let Some(early) = early {
                health.end_early(early);
            }
            let execution = Execution {
                session: &session,
                options,
                job: &job,
                observer,
                stop,
                me: &me,
                member,
                run: &prepared.run.id,
                control: Mutex::new(control),
                writers,
                turn: Mutex::new(()),
                measured: &prepared.measured,
                hasher: equipment.hasher,
                judges: equipment.judges,
                columns: equipment.columns,
                cohort: prepared.basis.cohort.as_ref(),
                progress: RefCell::new(RunProgress::new(equipment.counts, estimate, most)),
                limits: RefCell::new(limits),
                health,
                orders,
                readings,
                locks,
                chunk_wait: RefCell::default(),
                over: Cell::new(false),
            };
            let ended = Box::pin(execution.go(&prepared)).await;
            control = execution.control.into_inner();
            ended
        }
    };
    let words = leaving.note_end(&mut control, &prepared.run.id, &ended);
    say_last(stop, words).await;
    let finished = ended?;
    observer.on(Some(&prepared.run.id), &Event::Finished(finished.clone()));
    Ok(finished)
}

/// Tells the ledger of the end, while there is time for it.
///
/// What can't be noted now is no loss: the chunks say where the run stands.
async fn say_last(stop: &Stop, words: impl Future<Output = ()>) {
    let hurried = async {
        stop.signalled().await;
        tokio::time::sleep(LAST_WORDS).await;
    };
    tokio::select! {
        () = words => {}
        () = hurried => {}
        () = tokio::time::sleep(LAST_WORDS_MAX) => {}
    }
}

/// Tries what a reset does beside the value, before anything is written.
async fn try_resets(control: &mut Link, session: &Session<'_>) -> Result<(), EngineError> {
    let settings = session.settings;
    for (column, credential) in session.columns.iter().zip(&settings.credentials) {
        let has_more = credential.on_reset != OnReset::default();
        if has_more && settings.rules.resets(&credential.name) {
            retry(control, async |conn| try_on_reset(conn, column).await).await?;
        }
    }
    Ok(())
}

/// As many rows as this machine hashes in the time of a page.
fn page_rows(measured: &MeasuredRate) -> usize {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped to a small positive number"
    )]
    let rows = (measured.rate * PAGE_SECONDS).clamp(1.0, PAGE_ROWS_MAX as f64) as usize;
    rows
}

/// What an invocation comes to that was ended before its first page.
fn ended_early(early: EarlyEnd) -> Finished {
    Finished {
        end: early.end,
        reason: Some(early.reason),
        ..Finished::default()
    }
}

/// The end at a number of the server that is above its bound.
fn critical_end(bound: &LoadBound, now: f64) -> EarlyEnd {
    EarlyEnd {
        end: End::CriticalLoad,
        reason: format!("{} is {now}, above --critical-load {bound}", bound.name),
    }
}

/// Returns when the hours of the run are over.
async fn window_end(until: Option<&Until>) -> EarlyEnd {
    let Some(until) = until else {
        return std::future::pending().await;
    };
    tokio::time::sleep_until(until.at.into()).await;
    EarlyEnd {
        end: End::Window,
        reason: until.reason.clone(),
    }
}

/// What an invocation comes to that worked on no run.
fn without_a_run(finished: Finished, observer: &dyn Observer) -> Finished {
    observer.on(None, &Event::Finished(finished.clone()));
    finished
}

impl Execution<'_> {
    async fn go(&self, prepared: &Prepared) -> Result<Finished, EngineError> {
        self.observer
            .on(Some(self.run), &Event::Started(self.started(prepared)));
        let begun = Instant::now();
        let work = async {
            let mut readers = lanes::readers(self.session, self.writers.len())
                .await
                .inspect_err(|_| self.over.set(true))?;
            let end = self.work_passes(&mut readers).await;
            for reader in readers {
                reader.close().await;
            }
            self.over.set(true);
            end
        };
        let beside = async {
            let throttle = &self.options.throttle;
            let critical = |bound: &LoadBound, now: f64| {
                self.health.end_early(critical_end(bound, now));
            };
            let watch = Watched {
                throttle,
                over: &self.over,
                readings: &self.readings,
            };
            tokio::join!(
                self.listen(),
                watch_database(&self.session.url, watch, critical),
                watch_http(watch)
            )
        };
        let (work, beside) = (Box::pin(work), Box::pin(beside));
        let beat = Box::pin(self.beat());
        let share = Box::pin(self.share_rate());
        let all = async { tokio::join!(work, beat, self.tick(), beside, share) };
        let mut end = tokio::select! {
            (end, (), (), _, ()) = all => end?,
            end = self.cut_off() => {
                // What was under way on these connections is rolled back with them.
                self.control.lock().await.lost();
                for writer in &self.writers {
                    writer.lock().await.lost();
                }
                let counts = self.progress.borrow().counts;
                return Ok(self.finished(end, counts, begun));
            }
        };
        if end == End::LeaseLost {
            self.explain_loss().await?;
        }
        let rules = &self.session.settings.rules;
        if let Some(text) = self.limits.borrow().reset_limits.words(rules) {
            self.observer.on(Some(self.run), &Event::Warning { text });
        }
        let event = self.progress.borrow_mut().event(&self.hasher, None);
        self.observer.on(Some(self.run), &Event::Progress(event));
        let quarantined_by_reason = self.count_quarantined().await?;
        let counts = self.counts().await?;
        self.check_counts(end).await?;
        // A joined run was closed by one of its members.
        if end == End::Done && self.member.is_none() {
            let mut control = self.control.lock().await;
            let names = &self.session.names;
            hit("before-done");
            let is_closed = retry(&mut control, async |conn| {
                let (waiting, uncovered) = {
                    let progress = self.progress.borrow();
                    (progress.waiting, progress.uncovered)
                };
                let closing = Closing {
                    run: self.run,
                    owner: self.lock_owner(),
                    end: JoinedEnd {
                        outcome: DONE,
                        waiting,
                        uncovered,
                    },
                };
                finish_run(conn, names, closing).await
            })
            .await?;
            drop(control);
            if !is_closed {
                self.explain_loss().await?;
                end = End::LeaseLost;
            }
        }
        Ok(Finished {
            quarantined_by_reason,
            ..self.finished(end, counts, begun)
        })
    }

    fn started(&self, prepared: &Prepared) -> Started {
        let budget = &self.measured.budget;
        Started {
            execute: true,
            resumed: prepared.resumed,
            digest: prepared.run.digest.clone(),
            threads: if self.job.hashes { budget.threads } else { 0 },
            kernel: budget.plan.implementation().as_str(),
            lockstep: budget.plan.lockstep(),
            variant: budget.plan.variant_words(),
            memory_bytes: budget.hashing_bytes,
            estimate: prepared.run.estimate,
        }
    }

    fn finished(&self, end: End, counts: RunCounts, begun: Instant) -> Finished {
        let progress = self.progress.borrow();
        Finished {
            end,
            accounts: counts.first.into(),
            arrived: counts.sweeps.candidates,
            waiting: progress.waiting,
            uncovered: progress.uncovered,
            elapsed_seconds: begun.elapsed().as_secs_f64(),
            hashing_seconds: progress.hashing_seconds(),
            busy_seconds: self.hasher.busy_seconds(),
            hash_cpu_seconds: self.hasher.cpu_seconds(),
            hashed: self.hasher.hashed(),
            longest_lock_ms: progress.longest_lock_ms(),
            quarantined_by_reason: Vec::new(),
            held: progress.held(),
            reason: match end {
                End::Window => self
                    .options
                    .until
                    .as_ref()
                    .map(|until| until.reason.clone()),
                End::ControlStop | End::CriticalLoad => {
                    self.health.early_end().map(|early| early.reason)
                }
                // It was asked for too late, or something else came first.
                _ => None,
            },
        }
    }

    /// The moment, and for how long this invocation has worked so far.
    pub(crate) fn throttle_look(&self) -> ThrottleLook {
        let mut progress = self.progress.borrow_mut();
        let worked = match self.job.hashes {
            true => progress.work(self.hasher.busy_seconds(), self.hasher.threads()),
            false => progress.commit_time(),
        };
        ThrottleLook {
            now: Instant::now(),
            worked,
        }
    }

    /// Ends some time after a signal, where what is hashed could not be committed by then: the
    /// database is gone, or a lock is held.
    async fn cut_off(&self) -> End {
        let critical = async {
            while !self.health.is_critical() {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            End::CriticalLoad
        };
        let end = tokio::select! {
            signal = self.stop.signalled() => signal.into(),
            end = critical => end,
        };
        let budget = &self.measured.budget;
        let at_once = budget.threads * budget.plan.lockstep().max(1);
        let one_hash = at_once as f64 / self.measured.rate.max(0.01);
        tokio::time::sleep(GRACE + Duration::from_secs_f64(one_hash)).await;
        end
    }
}

/// This process, as the ledger knows it, when it takes its leave.
struct Leaving<'a> {
    names: &'a Names,
    me: &'a WorkerIdentity,
    member: Option<&'a RunMember<'a>>,
}

impl Leaving<'_> {
    /// Gives back what is held.
    async fn leave(&self, control: &mut Link, outcome: &str) {
        match self.member {
            Some(member) => member.leave(control, self.names, outcome).await,
            None => give_back(control, self.names, self.me).await,
        }
    }

    /// Notes how the invocation ended and gives the locks back.
    async fn note_end(&self, control: &mut Link, run: &str, ended: &Result<Finished, EngineError>) {
        let stopped = match ended {
            Ok(finished) => finished.end.as_str(),
            Err(_) => "error",
        };
        // A database that is gone is not waited for again.
        // What is not given back runs out, or is taken over from a dead process. Where a lock of
        // somebody's ended the run, the ledger can be written, and another run may go on.
        if ended.as_ref().is_err_and(EngineError::is_gone) {
            return;
        }
        if self.member.is_some() {
            hit("before-release");
            return self.leave(control, stopped).await;
        }
        retry(control, async |conn| {
            runs::set_stopped(conn, self.names, run, stopped).await
        })
        .await
        .ok();
        retry(control, async |conn| {
            worker::note_end(conn, self.names, &self.me.id, stopped).await
        })
        .await
        .ok();
        hit("before-release");
        give_back(control, self.names, self.me).await;
    }
}
