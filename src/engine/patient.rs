//! Asks the database over a session's connection until it answers.

use std::time::{Duration, Instant};

use super::error::EngineError;
use super::event::{Event, Observer};
use super::session::Session;
use crate::store::{Backoff, Conn, ErrorClass, Role};

/// What got so far has shown that the database is there: the next fault is a new one.
const GOT_SOMEWHERE: Duration = Duration::from_secs(15);

/// So many tries that got no further than an earlier one begin a new minute. A time limit of the
/// server's ends every try at the same place.
const IN_VAIN_MAX: u32 = 3;

/// How far the tries got, by how long they lasted.
#[derive(Default)]
struct TriesSoFar {
    longest: Duration,
    in_vain: u32,
}

impl TriesSoFar {
    /// Whether the fault that ended a try is a new one, with a minute of its own.
    fn is_new_fault(&mut self, lasted: Duration) -> bool {
        if lasted > self.longest + GOT_SOMEWHERE {
            self.longest = lasted;
            self.in_vain = 0;
            return true;
        }
        self.in_vain += 1;
        lasted > GOT_SOMEWHERE && self.in_vain <= IN_VAIN_MAX
    }
}

/// Asks, and asks anew for a minute where a passing fault of the database ended it. A connection
/// that is lost is made again.
///
/// What lasted for long before its fault has a new minute. Where it gets no further, that comes to
/// an end.
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
    let mut tries = TriesSoFar::default();
    loop {
        let begun = Instant::now();
        let mut failed = match ask(session).await {
            Err(EngineError::Store(error)) if error.is_transient() => error,
            answer => return answer,
        };
        if tries.is_new_fault(begun.elapsed()) {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_gets_no_further_has_no_new_minute_for_ever() {
        let seconds = Duration::from_secs;
        let mut tries = TriesSoFar::default();
        assert!(!tries.is_new_fault(seconds(5)));
        assert!(tries.is_new_fault(seconds(30)));
        for _ in 0..IN_VAIN_MAX {
            assert!(tries.is_new_fault(seconds(31)));
        }
        assert!(!tries.is_new_fault(seconds(31)));
        assert!(tries.is_new_fault(seconds(600)));
        assert!(tries.is_new_fault(seconds(30)));
        assert!(!tries.is_new_fault(seconds(5)));
    }
}
