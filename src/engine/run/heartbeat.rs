//! What goes on beside a run: the heartbeat in the ledger, and the ticker that tells where the run
//! stands.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use super::context::Execution;
use super::locks::heartbeat;
use crate::engine::event::{Event, to_i64};
use crate::store::CredentialColumn;
use crate::store::ledger::{WorkerLine, lock, worker};

/// How often progress is told.
const TICK: Duration = Duration::from_secs(1);

/// How often both look whether the run is over or a signal came.
const LOOK: Duration = Duration::from_millis(50);

impl Execution<'_> {
    /// Keeps the locks and leases, and tells the ledger that this worker is alive.
    pub(crate) async fn beat(&self) {
        while !self.over.get() {
            {
                let mut control = self.control.lock().await;
                let line = self.worker_line();
                let names = &self.session.names;
                // Two credentials may share a column, told apart by `where`: one lock.
                let columns = self.session.columns.iter().map(CredentialColumn::lock_name);
                let locks = columns.collect::<HashSet<_>>().len() as u64;
                let held = match control.conn().await {
                    Ok(conn) => {
                        async {
                            let held = lock::heartbeat(conn, names, &self.me.id).await?;
                            worker::note(conn, names, self.run, &line).await?;
                            Ok(held)
                        }
                        .await
                    }
                    Err(e) => Err(e),
                };
                match held {
                    Ok(held) if held < locks => self.health.lose_lock(),
                    Ok(_) => {}
                    // The lease runs on for a while. The next beat may get through, and the fence
                    // keeps the counts right.
                    Err(e) if e.is_transient() => control.lost(),
                    Err(_) => {}
                }
            }
            // Never dropped in the middle of a statement: it looks whether the run is over.
            let since = Instant::now();
            while since.elapsed() < heartbeat() && !self.over.get() {
                tokio::time::sleep(LOOK).await;
            }
        }
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
            if signal.is_some() || self.health.has_lost_lock() {
                self.hasher.stop();
            }
            if last.elapsed() >= TICK {
                last = Instant::now();
                let event = self.progress.borrow_mut().event(&self.hasher, signal);
                self.observer.on(Some(self.run), &Event::Progress(event));
            }
        }
    }
}
