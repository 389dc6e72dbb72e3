//! How long is waited for what.

use std::time::{Duration, Instant};

use super::error::StoreError;
use super::error_class::ErrorClass;
use super::waits::{DatabaseWait, OpenWait};
use crate::failpoint::is_armed;

/// How long a database may be gone or busy before a run gives up.
const PATIENCE: Duration = Duration::from_secs(60);

/// How long a connection may take, from the first packet to the answer to the login.
const CONNECT: Duration = Duration::from_secs(6);

/// After so long without a byte the server is asked for the first time whether it is at work.
const SILENCE: Duration = Duration::from_secs(4);

/// Later on it is asked no more often than this.
pub(super) const SILENCE_MAX: Duration = Duration::from_secs(30);

/// A loss is noticed within so long, but for a long statement: a server that is at work on one is
/// asked seldom.
pub(super) const NOTICED_WITHIN: Duration = Duration::from_secs(15);

/// A statement waits so long for a lock before it is tried again, as the words of PostgreSQL and
/// MySQL say. SQLite waits for longer.
pub(super) const LOCK_WAIT: Duration = Duration::from_secs(1);

/// How long a database may be gone or busy: [`PATIENCE`], or less in a test that has no minute.
pub(crate) fn patience() -> Duration {
    if is_armed("no-patience") {
        Duration::from_secs(1)
    } else if is_armed("short-patience") {
        Duration::from_secs(8)
    } else {
        PATIENCE
    }
}

/// How long a connection may take.
pub(super) fn connect() -> Duration {
    CONNECT.min(patience() / 4)
}

/// After so long without a byte the server is asked whether it is at work.
pub(super) fn silence() -> Duration {
    SILENCE.min(patience() / 4)
}

/// Since when a connection is taken for lost that was last heard of then. No more than this is
/// taken off its minute.
pub(super) fn lost_since(heard: Instant) -> Instant {
    let now = Instant::now();
    heard.max(now.checked_sub(NOTICED_WITHIN).unwrap_or(now))
}

/// How long something has been tried, and how long it is waited before it is tried again.
///
/// From the first error on the wait stands on the board ([`super::waits`]).
#[derive(Debug)]
pub(crate) struct Backoff {
    /// When the try began that is under way.
    tried: Instant,
    /// Since when it is waited: the first error.
    since: Option<Instant>,
    wait: Duration,
    wait_max: Duration,
    unknown_seen: bool,
    on_board: Option<OpenWait>,
}

impl Backoff {
    /// Waits that double, from a tenth of a second to two seconds.
    pub(crate) fn new() -> Self {
        Self::growing(Duration::from_millis(100), Duration::from_secs(2))
    }

    /// The same for a connection that is lost since then: its minute has begun.
    pub(super) fn of_loss(since: Option<Instant>) -> Self {
        Self {
            since,
            ..Self::new()
        }
    }

    /// Waits that are all equally long.
    pub(crate) fn steady(wait: Duration) -> Self {
        Self::growing(wait, wait)
    }

    fn growing(wait: Duration, wait_max: Duration) -> Self {
        Self {
            tried: Instant::now(),
            since: None,
            wait,
            wait_max,
            unknown_seen: false,
            on_board: None,
        }
    }

    /// Begins to count anew: something was done.
    pub(crate) fn reset(&mut self) {
        self.tried = Instant::now();
        self.since = None;
        self.unknown_seen = false;
        self.on_board = None;
    }

    /// Whether it may be tried once more after this error. What no table lists is tried once more.
    pub(crate) fn allows(&mut self, error: &StoreError) -> bool {
        match error.class() {
            ErrorClass::Unknown => !std::mem::replace(&mut self.unknown_seen, true),
            _ if !error.is_transient() => false,
            _ => self.note(error) + connect() <= patience(),
        }
    }

    /// Notes that an error that passes has come, and says for how long it is waited now.
    pub(crate) fn note(&mut self, error: &StoreError) -> Duration {
        let now = Instant::now();
        // A lock was waited for during the try. What else fails has failed just now, however long
        // the try went well before.
        let before = match error {
            _ if error.class() == ErrorClass::Busy => (now - self.tried).min(LOCK_WAIT),
            // Nothing came through for some time before that was sure.
            StoreError::Silent { since, .. } => since.elapsed(),
            _ => Duration::ZERO,
        };
        let since = *(self.since).get_or_insert(now.checked_sub(before).unwrap_or(now));
        match &self.on_board {
            Some(wait) => wait.set_reason(error.with_sources()),
            None => {
                self.on_board = Some(OpenWait::begin(DatabaseWait {
                    reason: error.with_sources(),
                    since,
                    until: Some(since + patience()),
                }));
            }
        }
        since.elapsed()
    }

    /// Waits for the next try, between half of the wait and all of it.
    ///
    /// The jitter comes from a new UUID's random bits. Nothing that is stored depends on it.
    pub(crate) async fn wait(&mut self) {
        let random = u32::from(u16::from_le_bytes({
            let b = uuid::Uuid::new_v4().into_bytes();
            [b[0], b[1]]
        }));
        let half = self.wait / 2;
        tokio::time::sleep(half + half * random / u32::from(u16::MAX)).await;
        self.wait = (self.wait * 2).min(self.wait_max);
        self.tried = Instant::now();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::sql::Quote;
    use crate::store::sql::waits::waits;

    fn failed(class: ErrorClass) -> StoreError {
        StoreError::Db {
            op: "reading".into(),
            class,
            quote: Quote::CodeOnly,
            code: None,
            detail: None,
        }
    }

    #[test]
    fn a_database_that_is_gone_is_waited_for_a_minute() {
        assert_eq!(patience(), Duration::from_secs(60));
    }

    #[test]
    fn the_patience_counts_from_the_first_error() {
        let mut backoff = Backoff::new();
        let Some(long_ago) = Instant::now().checked_sub(2 * PATIENCE) else {
            return;
        };
        // What went well for longer than the patience is no wait.
        backoff.tried = long_ago;
        assert!(backoff.allows(&failed(ErrorClass::Gone)));
        assert_eq!(waits().len(), 1);
        backoff.since = Some(long_ago);
        assert!(!backoff.allows(&failed(ErrorClass::Gone)));
        backoff.reset();
        assert_eq!(waits(), []);
    }

    #[test]
    fn the_time_in_which_nothing_came_counts() {
        let Some(since) = Instant::now().checked_sub(PATIENCE / 2) else {
            return;
        };
        let silent = StoreError::Silent {
            op: "reading".into(),
            why: "the server can't be reached",
            since,
        };
        assert!(Backoff::new().note(&silent) >= PATIENCE / 2);
        assert!(Backoff::of_loss(Some(since)).note(&failed(ErrorClass::Gone)) >= PATIENCE / 2);
    }

    #[test]
    fn a_long_statement_leaves_most_of_the_minute() {
        let Some(heard) = Instant::now().checked_sub(PATIENCE) else {
            return;
        };
        assert!(lost_since(heard).elapsed() < PATIENCE / 2);
        let now = Instant::now();
        assert_eq!(lost_since(now), now);
    }

    #[test]
    fn what_passes_is_tried_again_and_what_is_not_listed_once() {
        let mut backoff = Backoff::new();
        for class in [ErrorClass::Busy, ErrorClass::Gone, ErrorClass::Full] {
            assert!(backoff.allows(&failed(class)), "{class:?}");
        }
        assert!(backoff.allows(&failed(ErrorClass::Unknown)));
        assert!(!backoff.allows(&failed(ErrorClass::Unknown)));
        for class in [ErrorClass::Denied, ErrorClass::SetUp, ErrorClass::Row] {
            assert!(!backoff.allows(&failed(class)), "{class:?}");
        }
    }
}
