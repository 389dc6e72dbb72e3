//! One JSON object a line on standard output. The engine's last event is held back: the outcome, with the exit code, is the last line.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::cli::{environment, output};
use crate::engine::{Event, worker_id};
use crate::report::{Stamp, event_line};

pub(super) struct Events {
    /// Once nobody reads, nothing more is made; the run goes on.
    closed: AtomicBool,
}

impl Events {
    pub(super) fn new() -> Self {
        Self {
            closed: AtomicBool::new(false),
        }
    }

    pub(super) fn on(&self, run: Option<&str>, event: &Event) {
        if matches!(event, Event::Finished(_)) || self.closed.load(Ordering::Relaxed) {
            return;
        }
        let stamp = Stamp {
            now_ms: environment::now_ms(),
            run,
            worker: worker_id(),
        };
        if !output::line(&event_line(stamp, event)) {
            self.closed.store(true, Ordering::Relaxed);
        }
    }
}
