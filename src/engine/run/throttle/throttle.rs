//! What holds a run back although it could go on: the signals that were asked for, one beside the
//! other.
//!
//! The reader asks before each page; what is being hashed or written then goes on.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use super::bounds::{HostLoad, HttpAnswer, Lag, ServerLoad};
use super::commits::CommitTime;
use super::pauses::{OrderedPause, PauseFile};
use super::signal::{Readings, ThrottleLook, ThrottleNews, ThrottleSignal};
use super::speed::{MaxRate, NiceRatio};
use crate::engine::event::HeldBy;
use crate::engine::request::ThrottleOptions;
use crate::engine::steering::Steering;

/// The signals of a run, in the order in which they are asked.
#[derive(Debug)]
pub(crate) struct Throttle {
    signals: Vec<Box<dyn ThrottleSignal>>,
}

/// Why a page waits, and for how long before it looks again.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ThrottlePause {
    pub(crate) wait: Duration,
    pub(crate) by: HeldBy,
    pub(crate) reason: String,
}

impl Throttle {
    /// The signals of these options. `steering` is what operators order, `readings` what the
    /// watchers read.
    pub(crate) fn new(
        options: &ThrottleOptions,
        steering: &Rc<RefCell<Steering>>,
        readings: &Rc<Readings>,
    ) -> Self {
        let mut signals: Vec<Box<dyn ThrottleSignal>> =
            vec![Box::new(OrderedPause(steering.clone()))];
        if let Some(file) = &options.pause_file {
            signals.push(Box::new(PauseFile(file.clone())));
        }
        if let Some(lag) = &options.lag {
            signals.push(Box::new(Lag {
                max: lag.max,
                readings: readings.clone(),
            }));
        }
        // Where the load is critical, too, no page is read before it is known.
        if !options.max_load.is_empty() || !options.critical_load.is_empty() {
            signals.push(Box::new(ServerLoad {
                bounds: options.max_load.clone(),
                readings: readings.clone(),
            }));
        }
        if let Some(max) = options.max_host_load {
            signals.push(Box::new(HostLoad::new(max)));
        }
        if let Some(max) = options.max_commit {
            signals.push(Box::new(CommitTime::new(max)));
        }
        if let Some(check) = &options.http {
            signals.push(Box::new(HttpAnswer {
                check: check.clone(),
                readings: readings.clone(),
            }));
        }
        if let Some(ratio) = options.nice_ratio {
            signals.push(Box::new(NiceRatio::new(ratio)));
        }
        signals.push(Box::new(MaxRate::new(options.max_rate, steering.clone())));
        Self { signals }
    }

    /// Tells every signal what the run does.
    pub(crate) fn hear(&mut self, news: ThrottleNews) {
        for signal in &mut self.signals {
            signal.hear(news);
        }
    }

    /// Why the next page has to wait, if it has to.
    pub(crate) fn check(&mut self, look: &ThrottleLook) -> Option<ThrottlePause> {
        self.signals.iter_mut().find_map(|signal| {
            let hold = signal.check(look)?;
            Some(ThrottlePause {
                wait: hold.wait,
                by: signal.held_by(),
                reason: hold.reason,
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;
    use crate::engine::event::RunStatus;
    use crate::engine::request::MaxLag;

    fn look() -> ThrottleLook {
        ThrottleLook {
            now: Instant::now(),
            worked: Duration::ZERO,
        }
    }

    #[test]
    fn without_options_nothing_waits() {
        let options = ThrottleOptions::default();
        let mut throttle = Throttle::new(&options, &Rc::default(), &Rc::new(Readings::new()));
        throttle.hear(ThrottleNews::Row);
        assert_eq!(throttle.check(&look()), None);
    }

    #[test]
    fn a_page_that_waits_says_for_what() {
        let options = ThrottleOptions {
            lag: Some(MaxLag {
                query: "SELECT 1".to_owned(),
                max: 5.0,
            }),
            max_rate: Some(1.0),
            ..ThrottleOptions::default()
        };
        let readings = Rc::new(Readings::new());
        let mut throttle = Throttle::new(&options, &Rc::default(), &readings);
        let pause = throttle.check(&look()).expect("it waits");
        assert_eq!(pause.by, HeldBy::Lag);
        assert_eq!(pause.by.status(), RunStatus::Throttled);
        assert_eq!(pause.reason, "--lag-query gives no number");
    }
}
