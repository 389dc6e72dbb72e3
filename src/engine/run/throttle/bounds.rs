//! Numbers from outside that must stay below a bound: the lag, the server's load, this host's load,
//! and the answer of a check over HTTP.

use std::rc::Rc;
use std::time::{Duration, Instant};

use super::signal::{Hold, Reading, Readings, ThrottleLook, ThrottleSignal};
use crate::engine::event::HeldBy;
use crate::engine::request::{HttpCheck, LoadBound};
use crate::machine::host_load;

/// How often this host's load is read.
const READ_EVERY: Duration = Duration::from_secs(1);

/// The operator's query must not give more than that.
#[derive(Debug)]
pub(crate) struct Lag {
    pub(crate) max: f64,
    pub(crate) readings: Rc<Readings>,
}

impl ThrottleSignal for Lag {
    fn held_by(&self) -> HeldBy {
        HeldBy::Lag
    }

    fn check(&mut self, _: &ThrottleLook) -> Option<Hold> {
        let max = self.max;
        match &*self.readings.lag.borrow() {
            Reading::Is(now) if *now <= max => None,
            Reading::Is(now) => Some(Hold::because(format!(
                "--lag-query gives {now}, above --max-lag {max}"
            ))),
            Reading::Unknown => Some(Hold::because("--lag-query gives no number".to_owned())),
        }
    }
}

/// The numbers of the server must stay below their bounds.
#[derive(Debug)]
pub(crate) struct ServerLoad {
    pub(crate) bounds: Vec<LoadBound>,
    pub(crate) readings: Rc<Readings>,
}

impl ThrottleSignal for ServerLoad {
    fn held_by(&self) -> HeldBy {
        HeldBy::Load
    }

    fn check(&mut self, _: &ThrottleLook) -> Option<Hold> {
        let reason = match &*self.readings.load.borrow() {
            Reading::Is(numbers) => {
                let (bound, now) = above(&self.bounds, numbers)?;
                format!("{} is {now}, above --max-load {bound}", bound.name)
            }
            Reading::Unknown => "the server's load is not known".to_owned(),
        };
        Some(Hold::because(reason))
    }
}

/// The first bound that its number is above.
pub(crate) fn above<'b>(bounds: &'b [LoadBound], numbers: &[f64]) -> Option<(&'b LoadBound, f64)> {
    let numbers = numbers.iter().copied();
    let mut pairs = bounds.iter().zip(numbers);
    pairs.find(|(bound, now)| *now > bound.max)
}

/// The load average of this host must not be above that.
#[derive(Debug)]
pub(crate) struct HostLoad {
    max: f64,
    last: Option<(Instant, Option<f64>)>,
}

impl HostLoad {
    pub(crate) fn new(max: f64) -> Self {
        Self { max, last: None }
    }
}

impl ThrottleSignal for HostLoad {
    fn held_by(&self) -> HeldBy {
        HeldBy::HostLoad
    }

    fn check(&mut self, look: &ThrottleLook) -> Option<Hold> {
        let load = match self.last {
            Some((at, load)) if look.now.saturating_duration_since(at) < READ_EVERY => load,
            _ => host_load(),
        };
        if self.last.is_none_or(|(at, _)| look.now - at >= READ_EVERY) {
            self.last = Some((look.now, load));
        }
        let max = self.max;
        match load {
            Some(load) if load <= max => None,
            Some(load) => Some(Hold::because(format!(
                "the host's load is {load}, above --max-host-load {max}"
            ))),
            None => Some(Hold::because("the host's load is not known".to_owned())),
        }
    }
}

/// The address must answer 200.
#[derive(Debug)]
pub(crate) struct HttpAnswer {
    pub(crate) check: HttpCheck,
    pub(crate) readings: Rc<Readings>,
}

impl ThrottleSignal for HttpAnswer {
    fn held_by(&self) -> HeldBy {
        HeldBy::Http
    }

    fn check(&mut self, _: &ThrottleLook) -> Option<Hold> {
        let check = &self.check;
        match &*self.readings.http.borrow() {
            Reading::Is(200) => None,
            Reading::Is(code) => Some(Hold::because(format!("{check} answers {code}"))),
            Reading::Unknown => Some(Hold::because(format!("{check} does not answer"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look() -> ThrottleLook {
        ThrottleLook {
            now: Instant::now(),
            worked: Duration::ZERO,
        }
    }

    fn reason(signal: &mut dyn ThrottleSignal) -> Option<String> {
        signal.check(&look()).map(|hold| hold.reason)
    }

    #[test]
    fn a_page_waits_while_the_number_is_above_the_bound_or_not_known() {
        let readings = Rc::new(Readings::new());
        let mut lag = Lag {
            max: 5.0,
            readings: readings.clone(),
        };
        assert_eq!(
            reason(&mut lag).as_deref(),
            Some("--lag-query gives no number")
        );
        readings.lag.replace(Reading::Is(5.5));
        assert_eq!(
            reason(&mut lag).as_deref(),
            Some("--lag-query gives 5.5, above --max-lag 5")
        );
        readings.lag.replace(Reading::Is(5.0));
        assert_eq!(reason(&mut lag), None);
    }

    #[test]
    fn the_first_number_above_its_bound_is_named() {
        let readings = Rc::new(Readings::new());
        let bound = |name: &str, max| LoadBound {
            name: name.to_owned(),
            max,
        };
        let mut load = ServerLoad {
            bounds: vec![
                bound("Threads_running", 40.0),
                bound("Threads_connected", 90.0),
            ],
            readings: readings.clone(),
        };
        assert_eq!(
            reason(&mut load).as_deref(),
            Some("the server's load is not known")
        );
        readings.load.replace(Reading::Is(vec![40.0, 91.0]));
        assert_eq!(
            reason(&mut load).as_deref(),
            Some("Threads_connected is 91, above --max-load Threads_connected=90")
        );
        readings.load.replace(Reading::Is(vec![40.0, 90.0]));
        assert_eq!(reason(&mut load), None);
    }

    #[test]
    fn anything_but_200_holds_pages_back_and_no_query_is_shown() {
        let readings = Rc::new(Readings::new());
        let mut http = HttpAnswer {
            check: HttpCheck {
                host: "localhost".to_owned(),
                port: 8080,
                path: "/check?token=s3cret".to_owned(),
            },
            readings: readings.clone(),
        };
        assert_eq!(
            reason(&mut http).as_deref(),
            Some("http://localhost:8080/check does not answer")
        );
        readings.http.replace(Reading::Is(429));
        assert_eq!(
            reason(&mut http).as_deref(),
            Some("http://localhost:8080/check answers 429")
        );
        readings.http.replace(Reading::Is(200));
        assert_eq!(reason(&mut http), None);
    }
}
