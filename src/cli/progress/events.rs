//! Events as JSON on standard output, one object a line.
//!
//! The engine's last event is not printed. The last line is the outcome with the exit code, and the
//! job prints it.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::cli::{environment, output};
use crate::engine::{Event, worker_id};
use crate::report::{Stamp, event_line};

pub(super) struct Events {
    /// Set once nobody reads the output. Then no more events are made, and the run continues.
    closed: AtomicBool,
    /// This process's name.
    name: String,
}

impl Events {
    pub(super) fn new() -> Self {
        Self {
            closed: AtomicBool::new(false),
            name: environment::worker_name(),
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
            worker_name: &self.name,
        };
        if !output::line(&event_line(stamp, event)) {
            self.closed.store(true, Ordering::Relaxed);
        }
    }
}
