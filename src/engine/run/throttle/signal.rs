//! What a signal is: something that may hold pages back. No signal reads a database here; what a
//! watcher has read last is a reading.

use std::cell::RefCell;
use std::time::{Duration, Instant};

use crate::engine::event::HeldBy;

/// How long a page waits before it looks again.
pub(crate) const HOLD: Duration = Duration::from_millis(200);

/// Something that may hold pages back.
pub(crate) trait ThrottleSignal: std::fmt::Debug {
    /// Under what name it is told of.
    fn held_by(&self) -> HeldBy;

    /// Why the next page has to wait, if it has to.
    fn check(&mut self, look: &ThrottleLook) -> Option<Hold>;

    /// Hears what the run does.
    fn hear(&mut self, _news: ThrottleNews) {}
}

/// The moment of a look.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ThrottleLook {
    pub(crate) now: Instant,
    /// For how long all threads have hashed, or pages were written where nothing is hashed.
    pub(crate) worked: Duration,
}

/// What a run does, for its signals.
#[derive(Clone, Copy, Debug)]
pub(crate) enum ThrottleNews {
    /// A row was let through.
    Row,
    /// So many members of a joined run share the rate, this one among them.
    Members(u32),
    /// A page was committed in that time.
    Commit { took: Duration, at: Instant },
}

/// A page waits, and looks again after some time.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Hold {
    pub(crate) wait: Duration,
    pub(crate) reason: String,
}

impl Hold {
    /// A page waits for a while.
    pub(crate) fn because(reason: String) -> Self {
        Self { wait: HOLD, reason }
    }
}

/// What a watcher has read last. What is not known holds pages back.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Reading<T> {
    Is(T),
    /// Not yet, or no longer.
    Unknown,
}

/// What the watchers have read last. They write it, and signals read it.
#[derive(Debug)]
pub(crate) struct Readings {
    /// The number of the operator's query.
    pub(crate) lag: RefCell<Reading<f64>>,
    /// Numbers of the server, in the order of the bounds.
    pub(crate) load: RefCell<Reading<Vec<f64>>>,
    /// The code of the answer.
    pub(crate) http: RefCell<Reading<u16>>,
}

impl Readings {
    pub(crate) fn new() -> Self {
        Self {
            lag: RefCell::new(Reading::Unknown),
            load: RefCell::new(Reading::Unknown),
            http: RefCell::new(Reading::Unknown),
        }
    }
}
