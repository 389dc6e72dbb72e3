//! The listeners of a run: a bar on a terminal, lines in a log, JSON for machines, or nobody.
//!
//! The words come from `report`. This folder decides when they are shown, and on which stream.

mod show;

mod rows;

mod bars;
mod events;
mod lines;

use std::io::IsTerminal as _;
use std::sync::Mutex;

use crate::cli::waits::print_wait;
use crate::engine::{Event, Observer};

use bars::Bars;
use events::Events;
use lines::LogLines;

pub(super) use show::{Show, ShowFlags};

/// The listener of one run.
pub(super) struct Watch {
    face: Face,
    run: Mutex<Option<String>>,
}

enum Face {
    Bars(Bars),
    Lines(LogLines),
    Events(Events),
    Waits,
    Nothing,
}

impl Watch {
    /// A listener.
    pub(super) fn new(show: Show) -> Self {
        let face = match show {
            Show::People(_) if std::io::stderr().is_terminal() => Face::Bars(Bars::new()),
            Show::People(interval) => Face::Lines(LogLines::new(interval)),
            Show::Json => Face::Events(Events::new()),
            Show::Waits => Face::Waits,
            Show::Nothing => Face::Nothing,
        };
        Self {
            face,
            run: Mutex::default(),
        }
    }

    /// The run's id, once an event has named it.
    pub(super) fn run(&self) -> Option<String> {
        self.lock_run().clone()
    }

    /// Removes the bar from the screen.
    pub(super) fn close(&self) {
        if let Face::Bars(bars) = &self.face {
            bars.close();
        }
    }

    fn lock_run(&self) -> std::sync::MutexGuard<'_, Option<String>> {
        self.run
            .lock()
            .expect("no thread panics while it holds this")
    }
}

impl Observer for Watch {
    fn on(&self, run: Option<&str>, event: &Event) {
        if let Some(run) = run {
            self.lock_run().get_or_insert_with(|| run.to_owned());
        }
        match &self.face {
            Face::Bars(bars) => bars.on(run, event),
            Face::Lines(lines) => lines.on(run, event),
            Face::Events(events) => events.on(run, event),
            Face::Waits => print_wait(event),
            Face::Nothing => {}
        }
    }
}
