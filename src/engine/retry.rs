//! Tries again what a passing fault of the database stopped. It waits longer each time, for a
//! minute; then the error is told.

use std::time::{Duration, Instant};

use crate::store::{Conn, ErrorClass, Link, StoreError, patience};

/// The first wait between two tries. Each further one is twice as long.
const WAIT_FIRST: Duration = Duration::from_millis(100);

/// The longest wait between two tries.
const WAIT_MAX: Duration = Duration::from_secs(2);

/// How long something has been tried, and how long it is waited before it is tried again.
pub(crate) struct Backoff {
    since: Instant,
    wait: Duration,
    wait_max: Duration,
}

impl Backoff {
    pub(crate) fn new() -> Self {
        Self {
            since: Instant::now(),
            wait: WAIT_FIRST,
            wait_max: WAIT_MAX,
        }
    }

    /// One whose waits are all equally long.
    pub(crate) fn steady(wait: Duration) -> Self {
        Self {
            since: Instant::now(),
            wait,
            wait_max: wait,
        }
    }

    /// Whether it may be tried once more.
    pub(crate) fn has_time(&self) -> bool {
        self.since.elapsed() < patience()
    }

    /// Waits for the next try.
    pub(crate) async fn wait(&mut self) {
        tokio::time::sleep(self.wait).await;
        self.wait = (self.wait * 2).min(self.wait_max);
    }
}

/// Runs `ask` on the link's connection until it answers.
///
/// # Errors
/// An error that does not pass; one that has not passed in a minute.
pub(crate) async fn retry<T>(
    link: &mut Link,
    ask: impl AsyncFn(&mut Conn) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let mut backoff = Backoff::new();
    loop {
        let conn = link.conn().await?;
        match ask(conn).await {
            Ok(answer) => return Ok(answer),
            Err(e) if e.is_transient() && backoff.has_time() => {
                if e.class() == ErrorClass::Gone {
                    link.lost();
                }
                backoff.wait().await;
            }
            Err(e) => return Err(e),
        }
    }
}
