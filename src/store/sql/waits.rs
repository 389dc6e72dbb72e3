//! What this thread waits for: the board that every wait for a database stands on.
//!
//! Retries, statements without an answer and held locks put themselves here. Faces look at the
//! board and tell. A face has its database on one thread, so the board is the thread's.

use std::cell::{Cell, RefCell};
use std::time::{Duration, Instant};

/// A wait as it stands on the board.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatabaseWait {
    /// What is waited for, and why.
    pub reason: String,
    /// Since when.
    pub since: Instant,
    /// Until when at the most; none where the server is at work.
    pub until: Option<Instant>,
}

/// So long nobody is told of a wait: most are over by then.
pub const TOLD_AFTER: Duration = Duration::from_secs(2);

thread_local! {
    static BOARD: RefCell<Vec<(u64, DatabaseWait)>> = const { RefCell::new(Vec::new()) };
    static NEXT: Cell<u64> = const { Cell::new(0) };
}

/// A wait stands on the board until this is dropped.
#[derive(Debug)]
pub(crate) struct OpenWait(u64);

impl OpenWait {
    /// Puts a wait on the board.
    pub(crate) fn begin(wait: DatabaseWait) -> Self {
        let number = NEXT.replace(NEXT.get() + 1);
        BOARD.with_borrow_mut(|board| board.push((number, wait)));
        Self(number)
    }

    /// Changes why it is waited.
    pub(crate) fn set_reason(&self, reason: String) {
        BOARD.with_borrow_mut(|board| {
            if let Some((_, wait)) = board.iter_mut().find(|(number, _)| *number == self.0) {
                wait.reason = reason;
            }
        });
    }
}

impl Drop for OpenWait {
    fn drop(&mut self) {
        // At a thread's end the board may be gone before the wait.
        BOARD
            .try_with(|board| board.borrow_mut().retain(|(number, _)| *number != self.0))
            .ok();
    }
}

/// Every wait of this thread, the oldest first.
pub fn waits() -> Vec<DatabaseWait> {
    let mut waits: Vec<DatabaseWait> =
        BOARD.with_borrow(|board| board.iter().map(|(_, wait)| wait.clone()).collect());
    waits.sort_by_key(|wait| wait.since);
    waits
}

/// The oldest wait that is to be told.
pub fn told_wait() -> Option<DatabaseWait> {
    let is_long = |wait: &DatabaseWait| wait.since.elapsed() >= TOLD_AFTER;
    waits().into_iter().find(is_long)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_stands_on_the_board_until_it_is_dropped() {
        let now = Instant::now();
        let wait = |reason: &str, since| DatabaseWait {
            reason: reason.to_owned(),
            since,
            until: None,
        };
        let later = OpenWait::begin(wait("later", now));
        let Some(before) = now.checked_sub(TOLD_AFTER) else {
            return;
        };
        let first = OpenWait::begin(wait("first", before));
        later.set_reason("second".to_owned());
        let reasons: Vec<String> = waits().into_iter().map(|wait| wait.reason).collect();
        assert_eq!(reasons, ["first", "second"]);
        assert_eq!(
            told_wait().map(|wait| wait.reason).as_deref(),
            Some("first")
        );
        drop(first);
        assert_eq!(told_wait(), None);
        drop(later);
        assert_eq!(waits(), []);
    }
}
