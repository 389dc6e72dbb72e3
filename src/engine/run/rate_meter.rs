//! How fast a run is while it goes: a clock that stands still while the run is held or waits, and
//! the rate by that clock.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// The rate is that of the last so many seconds.
const WINDOW: Duration = Duration::from_secs(15);

/// The clock and the rate.
#[derive(Debug, Default)]
pub(crate) struct RateMeter {
    /// The time for which the run went.
    went: Duration,
    /// The time for which it stood.
    stood: Duration,
    /// The clock's time when it stood last.
    went_at_stand: Duration,
    last: Option<Instant>,
    /// The clock's time, with the rows made until then.
    window: VecDeque<(Duration, u64)>,
}

impl RateMeter {
    /// Looks at the run: how many rows it has made, and since when it has been standing, where it
    /// stands. That may be before the last look. No row was made since then.
    pub(crate) fn look(&mut self, now: Instant, made: u64, stands_since: Option<Instant>) {
        let last = self.last.replace(now).unwrap_or(now);
        match stands_since {
            None => self.went += now.saturating_duration_since(last),
            Some(since) => {
                self.stood += now.saturating_duration_since(last);
                // What was taken for going since the last stand is taken back.
                let too_much = last
                    .saturating_duration_since(since)
                    .min(self.went - self.went_at_stand);
                self.went -= too_much;
                self.stood += too_much;
                self.went_at_stand = self.went;
                while self.window.len() > 1
                    && self.window.back().is_some_and(|(at, _)| *at > self.went)
                {
                    self.window.pop_back();
                }
            }
        }
        match self.window.back_mut() {
            Some((at, rows)) if *at >= self.went => *rows = made,
            _ => self.window.push_back((self.went, made)),
        }
        while self.window.len() > 2
            && self
                .window
                .front()
                .is_some_and(|(at, _)| self.went - *at > WINDOW)
        {
            self.window.pop_front();
        }
    }

    /// Rows a second.
    pub(crate) fn rate(&self) -> f64 {
        match (self.window.front(), self.window.back()) {
            (Some((t0, made0)), Some((t1, made1))) if t1 > t0 => {
                made1.saturating_sub(*made0) as f64 / (*t1 - *t0).as_secs_f64()
            }
            _ => 0.0,
        }
    }

    /// For how long the run went.
    pub(crate) fn went(&self) -> Duration {
        self.went
    }

    /// For how long it stood.
    pub(crate) fn stood(&self) -> Duration {
        self.stood
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A run of 100 rows a second, looked at twenty times a second, by a clock of its own.
    struct Run {
        meter: RateMeter,
        now: Instant,
        made: f64,
    }

    impl Run {
        fn new() -> Self {
            let mut meter = RateMeter::default();
            let now = Instant::now();
            meter.look(now, 0, None);
            Self {
                meter,
                now,
                made: 0.0,
            }
        }

        fn look(&mut self, stands_since: Option<Instant>) {
            self.now += Duration::from_millis(50);
            self.meter.look(self.now, self.made as u64, stands_since);
        }

        fn go(&mut self, seconds: u32) {
            for _ in 0..seconds * 20 {
                self.made += 5.0;
                self.look(None);
            }
        }

        /// Stands for so long, of which the first seconds are not noticed at once.
        fn stand(&mut self, seconds: u32, unnoticed: u32) {
            let since = self.now;
            for _ in 0..unnoticed * 20 {
                self.look(None);
            }
            for _ in 0..(seconds - unnoticed) * 20 {
                self.look(Some(since));
            }
        }

        fn check(&self) {
            let rate = self.meter.rate();
            assert!((rate - 100.0).abs() < 1.0, "{rate}");
        }
    }

    #[test]
    fn the_rate_goes_on_behind_a_pause_as_if_there_were_none() {
        let mut run = Run::new();
        run.go(30);
        run.check();
        for pause in [1, 60, 3_600] {
            run.stand(pause, 0);
            run.check();
            for _ in 0..16 {
                run.go(1);
                run.check();
            }
        }
        assert_eq!(run.meter.went().as_secs(), 30 + 3 * 16);
        assert_eq!(run.meter.stood().as_secs(), 1 + 60 + 3_600);
    }

    #[test]
    fn a_wait_that_is_noticed_late_is_taken_out_from_its_beginning() {
        let mut run = Run::new();
        run.go(20);
        run.stand(30, 2);
        run.check();
        run.go(1);
        run.check();
        assert_eq!(run.meter.stood().as_secs(), 30);
    }

    #[test]
    fn a_run_that_stands_from_the_beginning_has_no_rate_yet() {
        let mut run = Run::new();
        run.stand(10, 0);
        assert!(run.meter.rate().abs() < f64::EPSILON);
        run.go(2);
        run.check();
    }

    #[test]
    fn a_rate_that_changes_is_told_within_the_window() {
        let mut run = Run::new();
        run.go(20);
        for _ in 0..16 * 20 {
            run.made += 1.0;
            run.look(None);
        }
        let rate = run.meter.rate();
        assert!((rate - 20.0).abs() < 1.0, "{rate}");
    }
}
