//! Lines for a log, on standard error: at the start, at changes of state, and at an interval.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use crate::cli::{environment, output};
use crate::engine::{Event, Progress, RunStatus};
use crate::report::{
    control_line, plain_line, safe, stamp, started_line, wait_over_line, waiting_line,
};

use super::rows::print_row;

/// The first line comes early, so that an operator who looks at the log sees that the job works.
const FIRST_AFTER: Duration = Duration::from_secs(1);

pub(super) struct LogLines {
    interval: Duration,
    state: Mutex<LastShown>,
}

struct LastShown {
    begun: Option<Instant>,
    last: Option<Instant>,
    shown: (RunStatus, Option<String>),
}

impl LogLines {
    pub(super) fn new(interval: Duration) -> Self {
        Self {
            interval,
            state: Mutex::new(LastShown {
                begun: None,
                last: None,
                shown: (RunStatus::Running, None),
            }),
        }
    }

    pub(super) fn on(&self, run: Option<&str>, event: &Event) {
        if let Some(line) = self.line(run, event, Instant::now()) {
            output::err(&format!("{} {line}\n", stamp(environment::now_ms())));
        }
        print_row(event);
    }

    /// The line for an event, if one is due.
    fn line(&self, run: Option<&str>, event: &Event, now: Instant) -> Option<String> {
        match event {
            Event::Preparing { what } => Some(safe(what)),
            Event::Started(started) => {
                self.state().begun = Some(now);
                Some(started_line(run, started))
            }
            Event::Progress(progress) => self.is_due(progress, now).then(|| plain_line(progress)),
            Event::Pass { pass: ..=0 } | Event::Row { .. } | Event::Finished(_) => None,
            Event::Pass { pass } => Some(format!(
                "sweep {pass}: looking for rows that arrived meanwhile"
            )),
            Event::Control(order) => Some(control_line(order)),
            Event::Waiting(waiting) => Some(waiting_line(waiting, environment::now_ms())),
            Event::WaitOver(over) => Some(wait_over_line(over)),
            Event::Warning { text } => Some(format!("warning: {}", safe(text))),
        }
    }

    fn is_due(&self, progress: &Progress, now: Instant) -> bool {
        let mut state = self.state();
        let begun = *state.begun.get_or_insert(now);
        let by_time = match state.last {
            None => now.duration_since(begun) >= FIRST_AFTER.min(self.interval),
            Some(last) => now.duration_since(last) >= self.interval,
        };
        // A change of state is told at once: paused, throttled, running again. A reason alone may
        // change every second, so it is not.
        let changed = state.shown.0 != progress.state;
        if by_time || changed {
            state.last = Some(now);
            state.shown = (progress.state, progress.reason.clone());
        }
        by_time || changed
    }

    fn state(&self) -> std::sync::MutexGuard<'_, LastShown> {
        self.state
            .lock()
            .expect("no thread panics while it holds this")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The seconds after the start at which a line is printed.
    fn printed(events: &[(u64, Progress)]) -> Vec<u64> {
        let lines = LogLines::new(Duration::from_secs(10));
        let start = Instant::now();
        lines.state().begun = Some(start);
        events
            .iter()
            .filter(|(second, progress)| {
                lines
                    .line(
                        None,
                        &Event::Progress(progress.clone()),
                        start + Duration::from_secs(*second),
                    )
                    .is_some()
            })
            .map(|(second, _)| *second)
            .collect()
    }

    #[test]
    fn the_first_line_comes_after_a_second_and_the_next_at_the_interval() {
        let every_second: Vec<(u64, Progress)> = (0..25)
            .map(|second| (second, Progress::default()))
            .collect();
        assert_eq!(printed(&every_second), [1, 11, 21]);
    }

    #[test]
    fn a_change_of_state_is_said_at_once() {
        let paused = Progress {
            state: RunStatus::Paused,
            ..Progress::default()
        };
        let events = [
            (1, Progress::default()),
            (3, paused.clone()),
            (4, paused),
            (5, Progress::default()),
        ];
        assert_eq!(printed(&events), [1, 3, 5]);
    }
}
