//! The columns' locks: taken, kept while something else takes its time, given back.

use std::convert::Infallible;
use std::time::{Duration, Instant};

use super::context::RunRequest;
use crate::engine::error::EngineError;
use crate::engine::event::{Event, Observer};
use crate::engine::process;
use crate::engine::retry::retry;
use crate::engine::session::Session;
use crate::store::ledger::chunk::lease_ms;
use crate::store::ledger::{LockAttempt, LockRequest, Names, WorkerIdentity, joined, lock, worker};
use crate::store::{DatabaseWait, Link, OpenWait};

/// How often there is a heartbeat: three times in a lease.
pub(crate) fn heartbeat() -> Duration {
    Duration::from_millis(lease_ms().unsigned_abs() / 3)
}

/// Who takes the columns' locks.
#[derive(Clone, Copy)]
pub(crate) struct LockTaker<'a> {
    pub(crate) me: &'a WorkerIdentity,
    /// What the locks are taken for: the id of a run, or of a batch of tokens.
    pub(crate) run: &'a str,
    /// How another holder is waited for; none where a held lock is refused at once.
    pub(crate) wait: Option<LockWait<'a>>,
}

/// A wait for another holder.
#[derive(Clone, Copy)]
pub(crate) struct LockWait<'a> {
    pub(crate) at_most: Duration,
    /// Is told once of whom it waits for.
    pub(crate) observer: &'a dyn Observer,
}

/// Takes the lock of every column. None is kept where one can't be had.
///
/// # Errors
/// [`EngineError::Held`] where another holds a lock when the wait is over; what the database says.
pub(crate) async fn take_locks(
    control: &mut Link,
    session: &Session<'_>,
    taker: LockTaker<'_>,
) -> Result<(), EngineError> {
    let LockTaker { me, run, wait } = taker;
    let since = Instant::now();
    let mut on_board = None;
    for column in &session.columns {
        let name = column.lock_name();
        loop {
            let gone = |holder: &crate::store::ledger::Holder| process::is_gone(holder, me);
            let attempt = retry(control, async |conn| {
                let request = LockRequest {
                    name: &name,
                    run,
                    worker: me,
                };
                lock::acquire(conn, &session.names, request, &gone).await
            })
            .await?;
            let LockAttempt::Held(holder) = attempt else {
                break;
            };
            let Some(wait) = wait.filter(|wait| since.elapsed() < wait.at_most) else {
                give_back(control, &session.names, me).await;
                return Err(EngineError::Held {
                    holder: Box::new(holder),
                });
            };
            if on_board.is_none() {
                on_board = Some(OpenWait::begin(DatabaseWait {
                    reason: format!("{} holds the column (run {})", holder.words(), holder.run),
                    since,
                    until: Some(since + wait.at_most),
                }));
                wait.observer.on(
                    None,
                    &Event::Warning {
                        text: format!("waiting for {} to end", holder.words()),
                    },
                );
            }
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    }
    Ok(())
}

/// Keeps the locks while something else takes its time. The first heartbeat of the run finds a lock
/// that is lost meanwhile.
pub(crate) async fn keep_locks(
    control: &mut Link,
    names: &Names,
    request: &RunRequest<'_>,
) -> Infallible {
    let (holder, me) = (request.holder, request.me);
    loop {
        tokio::time::sleep(heartbeat()).await;
        // One that does not get through now may get through the next time: the lease runs on.
        retry(control, async |conn| {
            lock::heartbeat_for(conn, names, &holder.id, &me.id).await?;
            if let Some(member) = request.member {
                joined::keep_duty(conn, names, member.joined, &me.id).await?;
                let line = member.line(None, "preparing");
                worker::note(conn, names, &line.run, &line.line).await?;
            }
            Ok(())
        })
        .await
        .ok();
    }
}

/// What hears how a call ended has so long: a lock that is not given back makes others wait for its
/// lease.
pub(crate) const LAST_WORDS_MAX: Duration = Duration::from_secs(15);

/// Gives the locks back. A database that is gone is waited for; the caller sets a limit.
pub(crate) async fn give_back(control: &mut Link, names: &Names, me: &WorkerIdentity) {
    // A lock that can't be given back runs out by itself. A process that is gone is taken over at
    // once.
    retry(control, async |conn| {
        lock::release(conn, names, &me.id).await
    })
    .await
    .ok();
}
