//! The columns' locks: taken, kept while something else takes its time, given back.

use std::convert::Infallible;
use std::time::{Duration, Instant};

use super::context::RunRequest;
use crate::engine::error::EngineError;
use crate::engine::event::Event;
use crate::engine::process;
use crate::engine::retry::retry;
use crate::engine::session::Session;
use crate::store::Link;
use crate::store::ledger::{LockAttempt, LockRequest, Names, WorkerIdentity, lock};

/// A heartbeat every third of the lease's 30 s.
pub(crate) const HEARTBEAT: Duration = Duration::from_secs(10);

/// Takes the lock of every column, waiting where that was asked for.
pub(crate) async fn take_locks(
    control: &mut Link,
    session: &Session<'_>,
    request: &RunRequest<'_>,
) -> Result<(), EngineError> {
    let RunRequest {
        me,
        new_id: run,
        observer,
        ..
    } = *request;
    let wait = request.options.wait;
    let since = Instant::now();
    let mut told = false;
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

/// Keeps the locks while something else takes its time. The first heartbeat of the run finds a lock
/// that is lost meanwhile.
pub(crate) async fn keep_locks(
    control: &mut Link,
    names: &Names,
    me: &WorkerIdentity,
) -> Infallible {
    loop {
        tokio::time::sleep(HEARTBEAT).await;
        // One that does not get through now may get through the next time: the lease runs on.
        retry(control, async |conn| {
            lock::heartbeat(conn, names, &me.id).await
        })
        .await
        .ok();
    }
}

pub(crate) async fn give_back(control: &mut Link, names: &Names, me: &WorkerIdentity) {
    // A lock that can't be given back runs out by itself. A process that is gone is taken over at
    // once.
    retry(control, async |conn| {
        lock::release(conn, names, &me.id).await
    })
    .await
    .ok();
}
