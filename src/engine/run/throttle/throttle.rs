//! What holds a run back although it could go on: a rate, a pause file, and a number that a query of the operator's gives.
//!
//! The reader asks before each page; what is being hashed or written then goes on.

use std::time::{Duration, Instant};

use crate::engine::event::RunStatus;
use crate::engine::request::Pace;

/// How long a page waits before it looks again.
const HOLD: Duration = Duration::from_millis(200);

/// Where a run stands against its pace.
#[derive(Debug)]
pub(crate) struct Held {
    pace: Pace,
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
pub(crate) struct Hold {
    pub(crate) wait: Duration,
    pub(crate) status: RunStatus,
    pub(crate) reason: String,
}

impl Held {
    pub(crate) fn new(pace: Pace) -> Self {
        Self {
            pace,
            let_through: (0.0, Instant::now()),
            lag: Lag::Unknown,
        }
    }

    /// Notes a row that was let through.
    pub(crate) fn let_through(&mut self) {
        self.let_through.0 += 1.0;
    }

    /// Why the next page has to wait, if it has to.
    pub(crate) fn hold(&mut self) -> Option<Hold> {
        if self.pace.pause_file.as_deref().is_some_and(|f| f.exists()) {
            return Some(Hold {
                wait: HOLD,
                status: RunStatus::Paused,
                reason: "the pause file is there".to_owned(),
            });
        }
        if let Some(reason) = self.lags() {
            return Some(Hold {
                wait: HOLD,
                status: RunStatus::Throttled,
                reason,
            });
        }
        let rate = self.pace.max_rate?;
        let ahead = self.let_through.0 / rate - self.let_through.1.elapsed().as_secs_f64();
        if ahead > 0.0 {
            return Some(Hold {
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
        let max = self.pace.lag.as_ref()?.max;
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

    fn lagging(lag: Lag) -> Held {
        let mut held = Held::new(Pace {
            lag: Some(MaxLag {
                query: "SELECT 1".to_owned(),
                max: 5.0,
            }),
            ..Pace::default()
        });
        held.lag = lag;
        held
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
        let mut held = Held::new(Pace {
            max_rate: Some(0.001),
            ..Pace::default()
        });
        assert_eq!(held.hold(), None);
        held.let_through();
        assert_eq!(held.hold().expect("it waits").reason, "--max-rate");
    }

    #[test]
    fn without_a_pace_nothing_waits() {
        let mut held = Held::new(Pace::default());
        held.let_through();
        assert_eq!(held.hold(), None);
    }
}
