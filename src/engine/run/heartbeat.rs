//! What goes on beside a run: the heartbeat in the ledger, and the ticker that tells where the run
//! stands.

use std::time::{Duration, Instant};

use super::context::Execution;
use super::join::member::RunMember;
use super::locks::heartbeat;
use super::pass_no::PassNo;
use super::progress::RunCounts;
use crate::engine::error::EngineError;
use crate::engine::event::{Event, RunStatus, to_i64};
use crate::engine::process;
use crate::store::ledger::{
    Holder, JoinedState, LockAttempt, LockRequest, WorkerLine, chunk, joined, lock, worker,
};
use crate::store::{Backoff, Conn, ErrorClass, StoreError};

/// How often progress is told.
const TICK: Duration = Duration::from_secs(1);

/// After so long a heartbeat that did not get through is tried again.
const AGAIN: Duration = Duration::from_secs(1);

/// How often both look whether the run is over or a signal came.
const LOOK: Duration = Duration::from_millis(50);

/// A heartbeat that does not get through holds up the end of a run for no longer.
pub(crate) const LATE_MAX: Duration = Duration::from_secs(1);

/// A new state is noted in the ledger no sooner than this after the last heartbeat.
const STATE_AFTER: Duration = Duration::from_secs(1);

/// What a heartbeat that got through has found.
enum Beat {
    /// Everything is as it was.
    Heard,
    /// Another worker has the locks.
    LocksLost,
    /// Somebody else has the locks of the joined run.
    Held(Holder),
    /// The joined run is closed.
    Closed,
}

impl Execution<'_> {
    /// Keeps the locks and leases, and tells the ledger that this worker is alive.
    pub(crate) async fn beat(&self) {
        let mut unknown_seen = false;
        let mut told;
        while !self.over.get() {
            let mut pause = heartbeat();
            {
                let mut control = self.control.lock().await;
                let line = self.worker_line();
                let names = &self.session.names;
                let locks = self.lock_owner().locks;
                let begun = Instant::now();
                let beaten = async {
                    let conn = control.conn().await?;
                    if let Some(member) = self.member {
                        return self.beat_as_member(conn, member, &line).await;
                    }
                    let held = lock::heartbeat(conn, names, &self.me.id).await?;
                    worker::note(conn, names, self.run, &line).await?;
                    Ok::<_, StoreError>(match held < locks {
                        true => Beat::LocksLost,
                        false => Beat::Heard,
                    })
                };
                let held = tokio::select! {
                    held = beaten => Some(held),
                    () = self.over_since(LATE_MAX) => None,
                };
                let Some(held) = held else {
                    // The run has ended while the database was waited for. What is not given back
                    // runs out.
                    control.lost();
                    return;
                };
                told = line.state;
                match held {
                    Ok(Beat::LocksLost) => self.health.lose_lock(),
                    Ok(Beat::Closed) => return self.health.close(),
                    Ok(Beat::Held(holder)) => {
                        self.health
                            .leave_out(StoreError::held("keeping the lock", &holder.words()));
                        pause = AGAIN.min(pause);
                    }
                    Ok(Beat::Heard) => {
                        unknown_seen = false;
                        self.health.hear(begun);
                    }
                    // The lease runs on for a while, and the next beat may get through. Where none
                    // does, pages wait (`wait_until_heard`).
                    Err(e) if e.is_transient() => {
                        control.lost();
                        self.health.miss(e);
                        pause = AGAIN.min(pause);
                    }
                    Err(e) if e.class() == ErrorClass::Unknown && !unknown_seen => {
                        unknown_seen = true;
                        self.health.miss(e);
                        pause = AGAIN.min(pause);
                    }
                    // Rights that were taken away, a table that is gone: no later one gets through.
                    Err(e) => return self.health.end(e),
                }
            }
            // Never dropped in the middle of a statement: it looks whether the run is over.
            let since = Instant::now();
            while since.elapsed() < pause && !self.over.get() {
                tokio::time::sleep(LOOK).await;
                // Whoever asks for the state hears soon that something is waited for.
                if since.elapsed() >= STATE_AFTER && self.status().as_str() != told {
                    break;
                }
            }
        }
    }

    /// The heartbeat of a member. Locks that are nobody's are taken for the run again.
    async fn beat_as_member(
        &self,
        conn: &mut Conn,
        member: &RunMember<'_>,
        line: &WorkerLine,
    ) -> Result<Beat, StoreError> {
        let names = &self.session.names;
        let owner = self.lock_owner();
        let row = joined::find(conn, names, member.joined).await?;
        if row.is_none_or(|row| row.state == JoinedState::Closed) {
            return Ok(Beat::Closed);
        }
        let held = lock::heartbeat_for(conn, names, owner.id, &self.me.id).await?;
        if held < owner.locks {
            for column in &self.session.columns {
                let name = column.lock_name();
                let request = LockRequest {
                    name: &name,
                    run: self.run,
                    worker: member.holder(),
                };
                let gone = |holder: &Holder| process::is_gone(holder, self.me);
                match lock::acquire(conn, names, request, &gone).await? {
                    LockAttempt::Taken => {}
                    LockAttempt::Held(holder) => return Ok(Beat::Held(holder)),
                }
            }
        }
        joined::keep_duty(conn, names, member.joined, &self.me.id).await?;
        worker::note(conn, names, self.run, line).await?;
        // What the other members have done belongs to the progress of the run.
        let sums = chunk::sums(conn, names, self.run).await?;
        let others = joined::rate_of_others(conn, names, member.key()).await?;
        let mut counts = RunCounts::default();
        for (pass, accounts) in sums {
            match PassNo::from_ledger(pass).is_sweep() {
                true => counts.sweeps += accounts,
                false => counts.first += accounts,
            }
        }
        self.progress.borrow_mut().take_run(counts, others);
        Ok(Beat::Heard)
    }

    /// Waits while the leases may run out: no heartbeat got through for two thirds of their time.
    /// False where the run ends meanwhile.
    ///
    /// # Errors
    /// Why no heartbeat got through, after a minute.
    pub(crate) async fn wait_until_heard(&self) -> Result<bool, EngineError> {
        let health = &self.health;
        let mut backoff = Backoff::steady(LOOK);
        let mut waited = false;
        loop {
            if health.has_lost_lock() {
                return Ok(false);
            }
            // What is hashed is committed, also where the run is about to stop.
            if health.is_heard() {
                if waited {
                    self.progress
                        .borrow_mut()
                        .set_status(RunStatus::Running, None);
                }
                return Ok(true);
            }
            let is_over = health.has_failed() || health.is_critical() || health.is_closed();
            if is_over || self.stop.get().is_some() {
                return Ok(false);
            }
            waited = true;
            let why = health.missed().as_ref().map(ToString::to_string);
            let why = why.map_or_else(String::new, |why| format!(" ({why})"));
            self.progress.borrow_mut().set_status(
                RunStatus::Waiting,
                Some(format!("the ledger took no heartbeat{why}")),
            );
            let is_over = (health.missed().as_ref()).is_some_and(|error| !backoff.allows(error));
            if let Some(error) = is_over.then(|| health.take_missed()).flatten() {
                return Err(error.into());
            }
            backoff.wait().await;
        }
    }

    /// Returns when the run has been over for so long.
    pub(crate) async fn over_since(&self, time: Duration) {
        while !self.over.get() {
            tokio::time::sleep(LOOK).await;
        }
        tokio::time::sleep(time).await;
    }

    fn status(&self) -> RunStatus {
        self.progress.borrow().status(self.stop.get())
    }

    fn worker_line(&self) -> WorkerLine {
        let mut progress = self.progress.borrow_mut();
        let chunk = progress.chunk;
        let progress = progress.event(&self.hasher, self.stop.get());
        #[expect(
            clippy::cast_possible_truncation,
            reason = "rows a minute; the cast saturates"
        )]
        let per_minute = (progress.rate * 60.0) as i64;
        WorkerLine {
            who: self.me.clone(),
            threads: to_i64(self.hasher.threads() as u64),
            state: progress.state.as_str().to_owned(),
            reason: progress.reason.unwrap_or_default(),
            per_minute,
            started_ms: 0,
            seen_ms: 0,
            joined: self.member.map_or("", |member| member.joined).to_owned(),
            name: self.options.worker_name(&self.me.host).to_owned(),
            chunk,
            commit_ms: progress.last_commit_ms.map(to_i64),
            outcome: None,
        }
    }

    /// Tells where the run stands, and passes a signal on to the pool.
    pub(crate) async fn tick(&self) {
        let mut last = Instant::now();
        while !self.over.get() {
            tokio::time::sleep(LOOK).await;
            let signal = self.stop.get();
            let is_ending = signal.is_some() || self.health.is_critical();
            if is_ending || self.health.has_lost_lock() {
                self.hasher.stop();
            }
            self.progress.borrow_mut().look(&self.hasher);
            if last.elapsed() >= TICK {
                last = Instant::now();
                let event = self.progress.borrow_mut().event(&self.hasher, signal);
                self.observer.on(Some(self.run), &Event::Progress(event));
            }
        }
    }
}
