//! Who listens to a run: bars on a terminal, a line now and then elsewhere, JSON for machines, or nobody.
//!
//! The words are `report`'s; here is only when they are shown and on which stream.

mod bars;
mod events;
mod lines;
mod rows;

use std::io::IsTerminal as _;
use std::sync::Mutex;
use std::time::Duration;

use crate::engine::{Event, Observer};

use bars::Bars;
use events::Events;
use lines::Lines;

/// How a run is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Show {
    /// For people: bars on a terminal, otherwise a line at this interval.
    People(Duration),
    /// For machines.
    Json,
    /// Not at all.
    Nothing,
}

impl Show {
    /// For what takes a moment and then prints its result: a sign of life on a terminal, nothing elsewhere.
    pub(super) fn quiet_off_a_terminal() -> Self {
        if std::io::stderr().is_terminal() {
            Self::People(Duration::MAX)
        } else {
            Self::Nothing
        }
    }
}

/// The listener of one run.
pub(super) struct Watch {
    face: Face,
    run: Mutex<Option<String>>,
}

enum Face {
    Bars(Bars),
    Lines(Lines),
    Events(Events),
    Nothing,
}

impl Watch {
    /// A listener.
    pub(super) fn new(show: Show) -> Self {
        let face = match show {
            Show::People(_) if std::io::stderr().is_terminal() => Face::Bars(Bars::new()),
            Show::People(interval) => Face::Lines(Lines::new(interval)),
            Show::Json => Face::Events(Events::new()),
            Show::Nothing => Face::Nothing,
        };
        Self {
            face,
            run: Mutex::default(),
        }
    }

    /// The run, once it was named.
    pub(super) fn run(&self) -> Option<String> {
        self.named().clone()
    }

    /// Takes everything that moves off the screen.
    pub(super) fn close(&self) {
        if let Face::Bars(bars) = &self.face {
            bars.close();
        }
    }

    fn named(&self) -> std::sync::MutexGuard<'_, Option<String>> {
        self.run
            .lock()
            .expect("no thread panics while it holds this")
    }
}

impl Observer for Watch {
    fn on(&self, run: Option<&str>, event: &Event) {
        if let Some(run) = run {
            self.named().get_or_insert_with(|| run.to_owned());
        }
        match &self.face {
            Face::Bars(bars) => bars.on(run, event),
            Face::Lines(lines) => lines.on(run, event),
            Face::Events(events) => events.on(run, event),
            Face::Nothing => {}
        }
    }
}
