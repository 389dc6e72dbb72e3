//! What goes on beside a run: the heartbeat in the ledger, and the ticker that tells where the run
//! stands.

use std::time::{Duration, Instant};

use super::context::Execution;
use super::locks::heartbeat;
use crate::engine::error::EngineError;
use crate::engine::event::{Event, RunStatus, to_i64};
use crate::store::ledger::{WorkerLine, lock, worker};
use crate::store::{Backoff, ErrorClass, StoreError};

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
                let locks = self.session.lock_owner(self.me).locks;
                let begun = Instant::now();
                let beaten = async {
                    let conn = control.conn().await?;
                    let held = lock::heartbeat(conn, names, &self.me.id).await?;
                    worker::note(conn, names, self.run, &line).await?;
                    Ok::<_, StoreError>(held)
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
                    Ok(held) if held < locks => self.health.lose_lock(),
                    Ok(_) => {
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
            if health.has_failed() || health.is_critical() || self.stop.get().is_some() {
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
        let progress = progress.event(&self.hasher, self.stop.get());
        #[expect(
            clippy::cast_possible_truncation,
            reason = "rows a minute; the cast saturates"
        )]
        let per_minute = (progress.rate * 60.0) as i64;
        WorkerLine {
            who: self.me.clone(),
            threads: to_i64(self.measured.budget.threads as u64),
            state: progress.state.as_str().to_owned(),
            reason: progress.reason.unwrap_or_default(),
            per_minute,
            started_ms: 0,
            seen_ms: 0,
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
