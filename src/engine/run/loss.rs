//! Why a lock or a chunk is no longer this worker's: another has it, or the ledger is not the one
//! that this run wrote.
//!
//! A standby that was promoted without the last commits, a copy that was put back, and a hand that
//! deleted lines all leave a ledger that knows less than this run has committed.

use super::context::Execution;
use crate::engine::error::EngineError;
use crate::engine::event::Event;
use crate::engine::retry::retry;
use crate::store::StoreError;
use crate::store::ledger::{Fence, HeldLock, chunk_standing, lock, run as runs, worker};

const OP: &str = "looking for who has taken over";

impl Execution<'_> {
    /// Tells which worker has taken over.
    ///
    /// # Errors
    /// A ledger that does not say what this run has written there, and that no other worker has
    /// written since; whatever the database says.
    pub(crate) async fn explain_loss(&self) -> Result<(), EngineError> {
        let names = &self.session.names;
        let mut control = self.control.lock().await;
        let known = retry(&mut control, async |conn| {
            runs::by_id(conn, names, self.run).await
        })
        .await?;
        if known.is_none() {
            let what = format!("the ledger has no run {} any more", self.run);
            return Err(StoreError::ledger(OP, what).into());
        }
        for held in &self.locks {
            let now = retry(&mut control, async |conn| {
                lock::standing(conn, names, &held.name).await
            })
            .await?;
            if let Some(owner) = taken_by(held, now)? {
                let workers = retry(&mut control, async |conn| {
                    worker::list(conn, names, self.run).await
                })
                .await?;
                let who = workers.into_iter().find(|line| line.who.id == owner);
                let who = who.map_or_else(
                    || "another worker".to_owned(),
                    |line| format!("process {} on {}", line.who.pid, line.who.host),
                );
                let text = format!("{who} has taken over");
                self.observer.on(Some(self.run), &Event::Warning { text });
                return Ok(());
            }
        }
        let Some(fence) = self.health.lost_chunk() else {
            return Ok(());
        };
        let now = retry(&mut control, async |conn| {
            chunk_standing(conn, names, &fence).await
        })
        .await?;
        if now.epoch > fence.epoch {
            return Ok(());
        }
        Err(behind(&fence, now.commits).into())
    }
}

impl Execution<'_> {
    /// Looks whether a chunk that was lost is further on, or where it was: the ledger is the one
    /// that this run wrote.
    ///
    /// # Errors
    /// A ledger that knows less of the chunk than this run has committed; whatever the database
    /// says.
    pub(crate) async fn require_later(&self, fence: &Fence) -> Result<(), EngineError> {
        let names = &self.session.names;
        let mut control = self.control.lock().await;
        let now = retry(&mut control, async |conn| {
            chunk_standing(conn, names, fence).await
        })
        .await?;
        if now.epoch < fence.epoch || now.commits < fence.commits {
            return Err(behind(fence, now.commits).into());
        }
        Ok(())
    }
}

/// Who has taken a lock over; none where it is this worker's still.
fn taken_by(held: &HeldLock, now: Option<HeldLock>) -> Result<Option<String>, StoreError> {
    let column = &held.name;
    let Some(now) = now else {
        let what = format!("the ledger has no lock of column {column} any more");
        return Err(StoreError::ledger(OP, what));
    };
    if now.epoch > held.epoch {
        return Ok(Some(now.owner));
    }
    if now.epoch < held.epoch || now.owner != held.owner {
        let what = format!(
            "no other worker has taken the lock of column {column}, and the ledger does not say any more that it is this run's: \
             the ledger is of another moment than this run"
        );
        return Err(StoreError::ledger(OP, what));
    }
    Ok(None)
}

fn behind(fence: &Fence, commits: i64) -> StoreError {
    let what = format!(
        "the ledger says {commits} commits of chunk {} where this run has made {}, and no other worker has taken it over: \
         the ledger is of another moment than this run",
        fence.no, fence.commits
    );
    StoreError::ledger(OP, what)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lock(epoch: i64, owner: &str) -> HeldLock {
        HeldLock {
            name: "[\"users\"]".to_owned(),
            epoch,
            owner: owner.to_owned(),
        }
    }

    #[test]
    fn a_lock_under_a_higher_epoch_is_anothers_even_if_it_was_given_back() {
        let held = lock(3, "me");
        assert_eq!(taken_by(&held, Some(lock(3, "me"))).unwrap(), None);
        for owner in ["another", ""] {
            let taken = taken_by(&held, Some(lock(4, owner))).unwrap();
            assert_eq!(taken.as_deref(), Some(owner));
        }
    }

    #[test]
    fn a_lock_that_went_back_or_is_nobodys_was_written_by_a_hand() {
        let held = lock(3, "me");
        for now in [
            None,
            Some(lock(2, "me")),
            Some(lock(2, "another")),
            Some(lock(3, "")),
        ] {
            assert!(taken_by(&held, now.clone()).is_err(), "{now:?}");
        }
    }
}
