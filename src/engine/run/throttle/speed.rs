//! How fast a run goes when nothing stops it: the rate, and the share of time in which it sleeps.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use super::signal::{HOLD, Hold, ThrottleLook, ThrottleNews, ThrottleSignal};
use crate::engine::event::HeldBy;
use crate::engine::steering::{Steering, by_whom};

/// A pause is not made up for by a burst longer than this.
const BURST: Duration = Duration::from_secs(1);

/// At most so many rows a second: by an order, or else by the command.
#[derive(Debug)]
pub(crate) struct MaxRate {
    of_command: Option<f64>,
    steering: Rc<RefCell<Steering>>,
    /// The rate that holds now.
    rate: Option<f64>,
    /// How many members of a joined run share it.
    members: u32,
    /// Rows that were let through under it, and since when.
    let_through: (f64, Option<Instant>),
}

impl MaxRate {
    pub(crate) fn new(of_command: Option<f64>, steering: Rc<RefCell<Steering>>) -> Self {
        Self {
            of_command,
            steering,
            rate: None,
            members: 1,
            let_through: (0.0, None),
        }
    }
}

impl ThrottleSignal for MaxRate {
    fn held_by(&self) -> HeldBy {
        HeldBy::Rate
    }

    fn check(&mut self, look: &ThrottleLook) -> Option<Hold> {
        let ordered = {
            let steering = self.steering.borrow();
            steering.rate().map(|(rate, order)| (rate, by_whom(order)))
        };
        let rate = ordered.as_ref().map(|(rate, _)| *rate).or(self.of_command);
        if rate != self.rate {
            self.rate = rate;
            self.let_through = (0.0, Some(look.now));
        }
        let rate = rate? / f64::from(self.members);
        let since = *self.let_through.1.get_or_insert(look.now);
        let ahead = self.let_through.0 / rate - (look.now - since).as_secs_f64();
        if ahead > 0.0 {
            return Some(Hold {
                wait: Duration::from_secs_f64(ahead.min(HOLD.as_secs_f64())),
                reason: match ordered {
                    Some((rate, by_whom)) => format!("{rate} rows a second, {by_whom}"),
                    None => "--max-rate".to_owned(),
                },
            });
        }
        if ahead < -BURST.as_secs_f64() {
            self.let_through = (0.0, Some(look.now));
        }
        None
    }

    fn hear(&mut self, news: ThrottleNews) {
        match news {
            ThrottleNews::Row => self.let_through.0 += 1.0,
            ThrottleNews::Members(members) if members.max(1) != self.members => {
                // What was let through at the old share has taken as much time as it had.
                let before = std::mem::replace(&mut self.members, members.max(1));
                self.let_through.0 *= f64::from(before) / f64::from(self.members);
            }
            ThrottleNews::Members(_) | ThrottleNews::Commit { .. } => {}
        }
    }
}

/// Of all the time, so large a share asleep.
#[derive(Debug)]
pub(crate) struct NiceRatio {
    ratio: f64,
    /// Since when it is counted, and what was worked until then.
    since: Option<(Instant, Duration)>,
}

impl NiceRatio {
    pub(crate) fn new(ratio: f64) -> Self {
        Self { ratio, since: None }
    }
}

impl ThrottleSignal for NiceRatio {
    fn held_by(&self) -> HeldBy {
        HeldBy::Nice
    }

    fn check(&mut self, look: &ThrottleLook) -> Option<Hold> {
        let (since, before) = *self.since.get_or_insert((look.now, look.worked));
        let worked = look.worked.saturating_sub(before).as_secs_f64();
        // Of each second, `1 - ratio` may be worked.
        let ahead = worked / (1.0 - self.ratio) - (look.now - since).as_secs_f64();
        if ahead > 0.0 {
            return Some(Hold {
                wait: Duration::from_secs_f64(ahead.min(HOLD.as_secs_f64())),
                reason: format!("--nice-ratio {}", self.ratio),
            });
        }
        if ahead < -BURST.as_secs_f64() {
            self.since = Some((look.now, look.worked));
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::ledger::{ControlLine, ControlVerb};

    fn at(start: Instant, now_ms: u64, worked_ms: u64) -> ThrottleLook {
        ThrottleLook {
            now: start + Duration::from_millis(now_ms),
            worked: Duration::from_millis(worked_ms),
        }
    }

    fn rows(rate: &mut MaxRate, rows: usize) {
        for _ in 0..rows {
            rate.hear(ThrottleNews::Row);
        }
    }

    fn ordered(no: i64, amount: Option<f64>) -> ControlLine {
        ControlLine {
            no,
            run: None,
            verb: ControlVerb::Rate,
            amount,
            reason: "the shop is slow".to_owned(),
            who: "anna@db1".to_owned(),
            at_ms: 0,
        }
    }

    #[test]
    fn rows_beyond_the_rate_wait_for_their_time() {
        let start = Instant::now();
        let mut rate = MaxRate::new(Some(10.0), Rc::default());
        assert_eq!(rate.check(&at(start, 0, 0)), None);
        rows(&mut rate, 10);
        let hold = rate.check(&at(start, 100, 0)).expect("it waits");
        assert_eq!(hold.reason, "--max-rate");
        assert!(rate.check(&at(start, 999, 0)).is_some());
        assert_eq!(rate.check(&at(start, 1_000, 0)), None);
    }

    #[test]
    fn a_pause_is_not_made_up_for_by_a_burst() {
        let start = Instant::now();
        let mut rate = MaxRate::new(Some(10.0), Rc::default());
        assert_eq!(rate.check(&at(start, 0, 0)), None);
        rows(&mut rate, 10);
        assert_eq!(rate.check(&at(start, 60_000, 0)), None);
        rows(&mut rate, 10);
        assert!(rate.check(&at(start, 60_900, 0)).is_some());
    }

    #[test]
    fn an_order_takes_the_place_of_the_commands_rate_while_it_stands() {
        let start = Instant::now();
        let steering: Rc<RefCell<Steering>> = Rc::default();
        let mut rate = MaxRate::new(Some(1_000.0), steering.clone());
        rows(&mut rate, 100);
        assert_eq!(rate.check(&at(start, 1_000, 0)), None);
        steering.borrow_mut().hear(&ordered(1, Some(2.0)));
        assert_eq!(rate.check(&at(start, 1_000, 0)), None, "it begins anew");
        rows(&mut rate, 4);
        let hold = rate.check(&at(start, 2_900, 0)).expect("it waits");
        assert_eq!(
            hold.reason,
            "2 rows a second, control, by anna@db1: the shop is slow"
        );
        steering.borrow_mut().hear(&ordered(2, None));
        assert_eq!(rate.check(&at(start, 2_900, 0)), None);
    }

    #[test]
    fn a_change_of_members_forgets_no_debt() {
        let start = Instant::now();
        let mut rate = MaxRate::new(Some(10.0), Rc::default());
        assert_eq!(rate.check(&at(start, 0, 0)), None);
        rows(&mut rate, 10);
        rate.hear(ThrottleNews::Members(2));
        assert!(rate.check(&at(start, 999, 0)).is_some());
        assert_eq!(rate.check(&at(start, 1_000, 0)), None);
        rows(&mut rate, 5);
        rate.hear(ThrottleNews::Members(1));
        assert!(rate.check(&at(start, 1_999, 0)).is_some());
        assert_eq!(rate.check(&at(start, 2_000, 0)), None);
    }

    #[test]
    fn without_a_rate_nothing_waits() {
        let mut rate = MaxRate::new(None, Rc::default());
        rows(&mut rate, 100_000);
        assert_eq!(rate.check(&at(Instant::now(), 0, 0)), None);
    }

    /// Works and sleeps as a run would, by a clock of its own; the share of time that was worked.
    fn share_of_work(ratio: f64, page_ms: u64) -> f64 {
        let start = Instant::now();
        let mut nice = NiceRatio::new(ratio);
        let (mut now_ms, mut worked_ms) = (0, 0);
        while now_ms < 600_000 {
            match nice.check(&at(start, now_ms, worked_ms)) {
                Some(hold) => now_ms += u64::try_from(hold.wait.as_millis()).unwrap().max(1),
                None => (now_ms, worked_ms) = (now_ms + page_ms, worked_ms + page_ms),
            }
        }
        worked_ms as f64 / now_ms as f64
    }

    #[test]
    fn the_nice_ratio_is_the_share_of_time_asleep() {
        for (ratio, page_ms) in [(0.5, 10), (0.5, 2_000), (0.9, 300), (0.25, 1_000)] {
            let worked = share_of_work(ratio, page_ms);
            assert!((worked - (1.0 - ratio)).abs() < 0.02, "{ratio}: {worked}");
        }
    }
}
