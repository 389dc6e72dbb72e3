//! What the orders of `saltern control` come to: whether a run may write, how fast, with how many
//! threads. Pure; the ledger keeps the orders.

use crate::store::ledger::{ControlLine, ControlVerb};

/// The orders that stand, the newest of each kind.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Steering {
    /// The newest order that was heard.
    pub(crate) heard: i64,
    flow: Option<ControlLine>,
    rate: Option<ControlLine>,
    threads: Option<ControlLine>,
}

impl Steering {
    /// What all of these orders come to, from the oldest to the newest.
    pub fn of(orders: &[ControlLine]) -> Self {
        let mut steering = Self::default();
        for order in orders {
            steering.hear(order);
        }
        steering
    }

    /// Hears the next order.
    pub fn hear(&mut self, order: &ControlLine) {
        self.heard = self.heard.max(order.no);
        let stands = || order.amount.is_some().then(|| order.clone());
        match order.verb {
            // It stands until somebody resumes.
            ControlVerb::Pause if self.stop().is_some() => {}
            ControlVerb::Pause | ControlVerb::Stop => self.flow = Some(order.clone()),
            ControlVerb::Resume => self.flow = None,
            ControlVerb::Rate => self.rate = stands(),
            ControlVerb::Threads => self.threads = stands(),
        }
    }

    /// The order to pause, while it stands.
    pub fn pause(&self) -> Option<&ControlLine> {
        self.flow.as_ref().filter(|o| o.verb == ControlVerb::Pause)
    }

    /// The order to stop, while it stands.
    pub fn stop(&self) -> Option<&ControlLine> {
        self.flow.as_ref().filter(|o| o.verb == ControlVerb::Stop)
    }

    /// Rows a second, and the order that says so.
    pub fn rate(&self) -> Option<(f64, &ControlLine)> {
        let order = self.rate.as_ref()?;
        Some((order.amount?, order))
    }

    /// Hashing threads, by an order.
    pub fn threads(&self) -> Option<usize> {
        let amount = self.threads.as_ref()?.amount?;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "clamped to a small positive number"
        )]
        let threads = amount.clamp(1.0, 1_024.0) as usize;
        Some(threads)
    }

    /// Every order that stands.
    pub fn standing(&self) -> impl Iterator<Item = &ControlLine> {
        [&self.flow, &self.rate, &self.threads]
            .into_iter()
            .flatten()
    }
}

/// Who gave an order and why, for a reason: "control by anna@db1: the shop is slow".
pub(crate) fn by_whom(order: &ControlLine) -> String {
    match order.reason.as_str() {
        "" => format!("control, by {}", order.who),
        reason => format!("control, by {}: {reason}", order.who),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(no: i64, verb: ControlVerb, amount: Option<f64>) -> ControlLine {
        ControlLine {
            no,
            run: None,
            verb,
            amount,
            reason: String::new(),
            who: "anna@db1".to_owned(),
            at_ms: 0,
        }
    }

    #[test]
    fn the_newest_order_of_each_kind_stands() {
        let orders = [
            order(1, ControlVerb::Rate, Some(50.0)),
            order(2, ControlVerb::Pause, None),
            order(3, ControlVerb::Threads, Some(2.0)),
            order(4, ControlVerb::Rate, Some(20.0)),
        ];
        let steering = Steering::of(&orders);
        assert_eq!(steering.pause().map(|o| o.no), Some(2));
        assert_eq!(
            steering.rate().map(|(rate, o)| (rate, o.no)),
            Some((20.0, 4))
        );
        assert_eq!(steering.threads(), Some(2));
        assert_eq!(steering.heard, 4);
        assert_eq!(steering.standing().count(), 3);
    }

    #[test]
    fn a_stop_stands_until_resume_and_off_takes_a_number_away() {
        let mut steering = Steering::of(&[
            order(1, ControlVerb::Stop, None),
            order(2, ControlVerb::Rate, Some(50.0)),
        ]);
        assert!(steering.stop().is_some() && steering.pause().is_none());
        steering.hear(&order(3, ControlVerb::Rate, None));
        assert!(steering.stop().is_some() && steering.rate().is_none());
        steering.hear(&order(4, ControlVerb::Resume, None));
        assert_eq!(steering.standing().count(), 0);
    }

    #[test]
    fn a_pause_does_not_lift_a_stop() {
        let orders = [
            order(1, ControlVerb::Stop, None),
            order(2, ControlVerb::Pause, None),
        ];
        let steering = Steering::of(&orders);
        assert!(steering.stop().is_some() && steering.pause().is_none());
    }
}
