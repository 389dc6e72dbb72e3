//! A progress bar on a terminal.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::cli::environment;
use crate::engine::{Event, Progress};
use crate::report::{
    Share, bar_message, control_line, count, percent, place, safe, started_line, wait_over_line,
    waiting_line, without_controls,
};

use super::rows::print_row;

/// Nobody sees more, and each redraw costs time.
const DRAWS_A_SECOND: u8 = 5;

pub(super) struct Bars {
    bar: ProgressBar,
    /// Whether a run has begun, so that its own line tells what is waited for.
    is_running: AtomicBool,
}

impl Bars {
    pub(super) fn new() -> Self {
        let bar = ProgressBar::with_draw_target(
            Some(1),
            ProgressDrawTarget::stderr_with_hz(DRAWS_A_SECOND),
        );
        bar.set_style(style("{spinner} {msg}").tick_chars("-\\|/ "));
        Self::of(bar)
    }

    fn of(bar: ProgressBar) -> Self {
        Self {
            bar,
            is_running: AtomicBool::new(false),
        }
    }

    fn is_running(&self) -> bool {
        self.is_running.load(Ordering::Relaxed)
    }

    pub(super) fn close(&self) {
        self.bar.finish_and_clear();
    }

    pub(super) fn on(&self, run: Option<&str>, event: &Event) {
        match event {
            Event::Preparing { what } => {
                self.bar.set_message(safe(what));
                self.bar.enable_steady_tick(Duration::from_millis(200));
            }
            Event::Started(started) => {
                self.is_running.store(true, Ordering::Relaxed);
                self.println(&started_line(run, started));
                self.bar.disable_steady_tick();
                self.bar.set_message("");
                self.bar
                    .set_style(style("{prefix} [{wide_bar}]\n  {msg}").progress_chars("=> "));
            }
            Event::Waiting(waiting) if !self.is_running() => {
                self.say(&waiting_line(waiting, environment::now_ms()));
                self.bar.enable_steady_tick(Duration::from_millis(200));
            }
            // A bar has the wait in its own line.
            Event::Waiting(_) => {}
            Event::WaitOver(over) => self.println(&wait_over_line(over)),
            Event::Progress(progress) => self.progress(progress),
            Event::Row { .. } => self.bar.suspend(|| print_row(event)),
            Event::Pass { pass: ..=0 } => {}
            Event::Pass { pass } => self.bar.println(format!(
                "sweep {pass}: looking for rows that arrived meanwhile"
            )),
            Event::Control(order) => self.println(&control_line(order)),
            Event::Warning { text } => self.println(&format!("warning: {}", safe(text))),
            Event::Finished(_) => self.close(),
        }
    }

    /// A line above the bar.
    fn println(&self, line: &str) {
        self.bar.println(without_controls(line));
    }

    /// The words beside the bar.
    fn say(&self, words: &str) {
        self.bar.set_message(without_controls(words).into_owned());
    }

    fn progress(&self, progress: &Progress) {
        let share = Share::of(progress);
        self.bar.set_prefix(format!(
            "{} {} of {} rows ({})",
            without_controls(&place(progress)),
            count(share.done),
            count(share.whole),
            percent(share.done, share.whole)
        ));
        self.bar.set_length(share.whole.max(1));
        self.bar.set_position(share.done);
        self.say(&bar_message(progress));
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template)
        .expect("the templates are fixed and a test draws with each of them")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_event_can_be_drawn() {
        let bars = Bars::of(ProgressBar::hidden());
        bars.on(
            None,
            &Event::Preparing {
                what: "counting parents".to_owned(),
            },
        );
        bars.on(
            Some("r"),
            &Event::Started(crate::engine::Started {
                execute: true,
                resumed: false,
                digest: "ab".to_owned(),
                threads: 2,
                kernel: "avx2",
                lockstep: 2,
                variant: None,
                memory_bytes: 1,
                estimate: 10,
            }),
        );
        bars.on(Some("r"), &Event::Progress(Progress::default()));
        bars.on(Some("r"), &Event::Pass { pass: 1 });
        bars.close();
    }
}
