//! What ends a run from inside: a part that failed, and locks that another worker has taken over.

use std::cell::Cell;

/// Whether the run may go on. One thread; no locks.
#[derive(Debug, Default)]
pub(crate) struct RunHealth {
    has_failed: Cell<bool>,
    has_lost_lock: Cell<bool>,
}

impl RunHealth {
    /// A part of the run has failed: the rest ends with the page that it is at.
    pub(crate) fn fail(&self) {
        self.has_failed.set(true);
    }

    /// Another worker has taken over.
    pub(crate) fn lose_lock(&self) {
        self.has_lost_lock.set(true);
    }

    pub(crate) fn has_failed(&self) -> bool {
        self.has_failed.get()
    }

    pub(crate) fn has_lost_lock(&self) -> bool {
        self.has_lost_lock.get()
    }
}
