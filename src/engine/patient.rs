//! Asks the database over a session's connection until it answers.

use std::time::{Duration, Instant};

use super::error::EngineError;
use super::event::{Event, Observer};
use super::session::Session;
use crate::store::{Backoff, Conn, ErrorClass, Role};

/// What got so far has shown that the database is there: the next fault is a new one.
const GOT_SOMEWHERE: Duration = Duration::from_secs(15);

/// Asks, and asks anew for a minute where a passing fault of the database ended it. A connection
/// that is lost is made again.
///
/// Inside another such call it asks once: the outer one waits, and a minute stays a minute.
///
/// # Errors
/// Whatever does not pass; what has not passed in a minute.
pub(crate) async fn patiently<T>(
    session: &mut Session<'_>,
    observer: &dyn Observer,
    mut ask: impl AsyncFnMut(&mut Session<'_>) -> Result<T, EngineError>,
) -> Result<T, EngineError> {
    if session.is_waited_for {
        return Box::pin(ask(session)).await;
    }
    session.is_waited_for = true;
    // On the heap: who asks patiently in many places would need a big stack.
    let answer = Box::pin(until_answered(session, observer, ask)).await;
    session.is_waited_for = false;
    answer
}

async fn until_answered<T>(
    session: &mut Session<'_>,
    observer: &dyn Observer,
    mut ask: impl AsyncFnMut(&mut Session<'_>) -> Result<T, EngineError>,
) -> Result<T, EngineError> {
    let mut backoff = Backoff::new();
    loop {
        let begun = Instant::now();
        let mut failed = match ask(session).await {
            Err(EngineError::Store(error)) if error.is_transient() => error,
            answer => return answer,
        };
        if begun.elapsed() > GOT_SOMEWHERE {
            backoff.reset();
        }
        loop {
            if !backoff.allows(&failed) {
                return Err(failed.into());
            }
            backoff.wait().await;
            // A connection on which a lock was met is good, and knows of the lock.
            if failed.class() == ErrorClass::Busy {
                break;
            }
            match Conn::try_open(&session.url, Role::Read).await {
                Ok(conn) => {
                    session.conn = conn;
                    let what = "once more from the start, over a new connection".to_owned();
                    observer.on(None, &Event::Preparing { what });
                    break;
                }
                Err(error) => failed = error.of_known_server(),
            }
        }
    }
}
