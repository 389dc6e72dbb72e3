//! What ends a run from inside, or holds it: a part that failed, locks that another worker has
//! taken over, a heartbeat that does not get through.

use std::cell::{Cell, RefCell};
use std::time::{Duration, Instant};

use crate::engine::event::End;
use crate::store::StoreError;
use crate::store::ledger::Fence;
use crate::store::ledger::chunk::lease_ms;

/// An end before everything is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EarlyEnd {
    pub(crate) end: End,
    /// Why, in words.
    pub(crate) reason: String,
}

/// Whether the run may go on. One thread; no locks.
#[derive(Debug)]
pub(crate) struct RunHealth {
    has_failed: Cell<bool>,
    has_lost_lock: Cell<bool>,
    /// The chunk that is no longer this worker's.
    lost: RefCell<Option<Fence>>,
    /// When the last heartbeat began that got through.
    heard: Cell<Instant>,
    /// That the locks of the joined run are another's for the moment.
    is_out: Cell<bool>,
    /// That the joined run is closed.
    is_closed: Cell<bool>,
    /// Why the last one did not.
    missed: RefCell<Option<StoreError>>,
    /// Why none will.
    fatal: RefCell<Option<StoreError>>,
    /// An end that was asked for.
    early: RefCell<Option<EarlyEnd>>,
}

impl RunHealth {
    /// A run that is well.
    pub(crate) fn new() -> Self {
        Self {
            has_failed: Cell::new(false),
            has_lost_lock: Cell::new(false),
            lost: RefCell::default(),
            heard: Cell::new(Instant::now()),
            is_out: Cell::new(false),
            is_closed: Cell::new(false),
            missed: RefCell::default(),
            fatal: RefCell::default(),
            early: RefCell::default(),
        }
    }

    /// A part of the run has failed: the rest ends with the page that it is at.
    pub(crate) fn fail(&self) {
        self.has_failed.set(true);
    }

    /// The locks are another's, or the ledger knows nothing of them any more.
    pub(crate) fn lose_lock(&self) {
        self.has_lost_lock.set(true);
    }

    /// A chunk is another's, or the ledger knows another one of that number.
    pub(crate) fn lose_chunk(&self, fence: &Fence) {
        self.lost.replace(Some(fence.clone()));
        self.lose_lock();
    }

    pub(crate) fn has_failed(&self) -> bool {
        self.has_failed.get()
    }

    pub(crate) fn has_lost_lock(&self) -> bool {
        self.has_lost_lock.get()
    }

    /// The chunk that is no longer this worker's, where that is what it was told by.
    pub(crate) fn lost_chunk(&self) -> Option<Fence> {
        self.lost.borrow().clone()
    }

    /// A heartbeat that began then got through: the leases run from then on.
    pub(crate) fn hear(&self, begun: Instant) {
        self.heard.set(begun);
        self.is_out.set(false);
        self.missed.take();
    }

    /// The locks of the joined run are another's: nothing is written until they are back.
    pub(crate) fn leave_out(&self, error: StoreError) {
        self.is_out.set(true);
        self.miss(error);
    }

    /// The joined run is closed: nobody writes any more.
    pub(crate) fn close(&self) {
        self.is_closed.set(true);
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.is_closed.get()
    }

    /// A chunk of a joined run is another's. That costs the chunk and nothing else.
    pub(crate) fn note_lost_chunk(&self, fence: &Fence) {
        self.lost.replace(Some(fence.clone()));
    }

    /// The chunk that was lost since this was asked last.
    pub(crate) fn take_lost_chunk(&self) -> Option<Fence> {
        self.lost.take()
    }

    /// A heartbeat did not get through.
    pub(crate) fn miss(&self, error: StoreError) {
        self.missed.replace(Some(error));
    }

    /// No heartbeat will get through any more.
    pub(crate) fn end(&self, error: StoreError) {
        self.fatal.replace(Some(error));
        self.fail();
    }

    /// The run ends before everything is done. The first reason counts, but a
    /// critical load comes before an end that waits for what is being hashed.
    pub(crate) fn end_early(&self, end: EarlyEnd) {
        if end.end == End::CriticalLoad && !self.is_critical() {
            self.early.replace(Some(end));
            return;
        }
        self.early.borrow_mut().get_or_insert(end);
    }

    /// The end that was asked for.
    pub(crate) fn early_end(&self) -> Option<EarlyEnd> {
        self.early.borrow().clone()
    }

    /// Whether the run ends at once: what is not hashed yet is left undone.
    pub(crate) fn is_critical(&self) -> bool {
        let early = self.early.borrow();
        early.as_ref().is_some_and(|e| e.end == End::CriticalLoad)
    }

    /// Whether the leases last for a while still. Beyond that nothing is written.
    pub(crate) fn is_heard(&self) -> bool {
        let lease = Duration::from_millis(lease_ms().unsigned_abs());
        !self.is_out.get() && self.heard.get().elapsed() < lease * 2 / 3
    }

    /// Why the last heartbeat did not get through; none where it did, or none came back yet.
    pub(crate) fn missed(&self) -> std::cell::Ref<'_, Option<StoreError>> {
        self.missed.borrow()
    }

    /// The same, handed out.
    pub(crate) fn take_missed(&self) -> Option<StoreError> {
        self.missed.take()
    }

    /// Why no heartbeat will get through any more.
    pub(crate) fn take_fatal(&self) -> Option<StoreError> {
        self.fatal.take()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_reason_to_end_counts_unless_the_load_is_critical() {
        let end = |end, reason: &str| EarlyEnd {
            end,
            reason: reason.to_owned(),
        };
        let health = RunHealth::new();
        health.end_early(end(End::ControlStop, "first"));
        health.end_early(end(End::ControlStop, "second"));
        let reason = |health: &RunHealth| health.early_end().map(|early| early.reason);
        assert_eq!(reason(&health).as_deref(), Some("first"));
        assert!(!health.is_critical());
        health.end_early(end(End::CriticalLoad, "third"));
        health.end_early(end(End::CriticalLoad, "fourth"));
        health.end_early(end(End::ControlStop, "fifth"));
        assert_eq!(reason(&health).as_deref(), Some("third"));
        assert!(health.is_critical());
    }
}
