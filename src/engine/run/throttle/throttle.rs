//! What holds a run back although it could go on: a rate, a pause file, and the number that the
//! operator's query gives.
//!
//! The reader asks before each page; what is being hashed or written then goes on.

use std::time::{Duration, Instant};

use crate::engine::event::RunStatus;
use crate::engine::request::ThrottleOptions;

/// How long a page waits before it looks again.
const HOLD: Duration = Duration::from_millis(200);

/// Where a run stands against its options.
#[derive(Debug)]
pub(crate) struct Throttle {
    options: ThrottleOptions,
    /// Rows that were let through, and since when.
    let_through: (f64, Instant),
    pub(crate) lag: Lag,
}

/// What the query said last.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Lag {
    Is(f64),
    Unknown,
}

/// Why a page waits, and for how long before it looks again.
#[derive(Debug, PartialEq)]
pub(crate) struct ThrottlePause {
    pub(crate) wait: Duration,
    pub(crate) status: RunStatus,
    pub(crate) reason: String,
}

impl Throttle {
    pub(crate) fn new(options: ThrottleOptions) -> Self {
        Self {
            options,
            let_through: (0.0, Instant::now()),
            lag: Lag::Unknown,
        }
    }

    /// Notes a row that was let through.
    pub(crate) fn let_through(&mut self) {
        self.let_through.0 += 1.0;
    }

    /// Why the next page has to wait, if it has to.
    pub(crate) fn hold(&mut self) -> Option<ThrottlePause> {
        if self
            .options
            .pause_file
            .as_deref()
            .is_some_and(|f| f.exists())
        {
            return Some(ThrottlePause {
                wait: HOLD,
                status: RunStatus::Paused,
                reason: "the pause file is there".to_owned(),
            });
        }
        if let Some(reason) = self.lags() {
            return Some(ThrottlePause {
                wait: HOLD,
                status: RunStatus::Throttled,
                reason,
            });
        }
        let rate = self.options.max_rate?;
        let ahead = self.let_through.0 / rate - self.let_through.1.elapsed().as_secs_f64();
        if ahead > 0.0 {
            return Some(ThrottlePause {
                wait: Duration::from_secs_f64(ahead).min(HOLD),
                status: RunStatus::Throttled,
                reason: "--max-rate".to_owned(),
            });
        }
        // A pause is not made up for by a burst.
        if ahead < -1.0 {
            self.let_through = (0.0, Instant::now());
        }
        None
    }

    fn lags(&self) -> Option<String> {
        let max = self.options.lag.as_ref()?.max;
        match self.lag {
            Lag::Is(now) if now <= max => None,
            Lag::Is(now) => Some(format!("--lag-query gives {now}, above --max-lag {max}")),
            Lag::Unknown => Some("--lag-query gives no number".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::request::MaxLag;

    fn lagging(lag: Lag) -> Throttle {
        let mut throttle = Throttle::new(ThrottleOptions {
            lag: Some(MaxLag {
                query: "SELECT 1".to_owned(),
                max: 5.0,
            }),
            ..ThrottleOptions::default()
        });
        throttle.lag = lag;
        throttle
    }

    #[test]
    fn a_page_waits_while_the_number_is_above_the_bound() {
        assert_eq!(lagging(Lag::Is(5.0)).hold(), None);
        let hold = lagging(Lag::Is(5.5)).hold().expect("it waits");
        assert_eq!(hold.status, RunStatus::Throttled);
        assert_eq!(hold.reason, "--lag-query gives 5.5, above --max-lag 5");
    }

    #[test]
    fn a_page_waits_where_the_number_is_not_known() {
        assert!(lagging(Lag::Unknown).hold().is_some());
    }

    #[test]
    fn rows_beyond_the_rate_wait_for_their_time() {
        let mut throttle = Throttle::new(ThrottleOptions {
            max_rate: Some(0.001),
            ..ThrottleOptions::default()
        });
        assert_eq!(throttle.hold(), None);
        throttle.let_through();
        assert_eq!(throttle.hold().expect("it waits").reason, "--max-rate");
    }

    #[test]
    fn without_a_pace_nothing_waits() {
        let mut throttle = Throttle::new(ThrottleOptions::default());
        throttle.let_through();
        assert_eq!(throttle.hold(), None);
    }
}
