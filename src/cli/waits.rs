//! Tells of each wait for the database: after two seconds, when its reason changes, now and then
//! while it lasts, and when it is over.
//!
//! The waits themselves stand on the board of the store. The words are those of `report`.

use std::pin::pin;
use std::time::{Duration, Instant};

use super::environment;
use super::output;
use crate::engine::{Event, WaitOver, Waiting};
use crate::report::{stamp, wait_over_line, waiting_line};
use crate::store::{DatabaseWait, TOLD_AFTER, waits};

/// How often the board is looked at.
const LOOK: Duration = Duration::from_millis(200);

/// A wait that lasts is told again after so long, and then each time after twice as long.
const AGAIN: Duration = Duration::from_secs(10);

/// It is told at least so often.
const AGAIN_MAX: Duration = Duration::from_secs(60);

/// Another reason is told at once, but no sooner than this after the last line.
const OTHER_REASON_AFTER: Duration = Duration::from_secs(3);

/// A wait is over when nothing has stood on the board for so long: between two tries it is empty
/// for a moment.
const OVER_AFTER: Duration = Duration::from_millis(700);

/// Which waits are worth a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Told {
    /// Those of a command: each, and its end.
    Each,
    /// Those of the sidecar, where each request may wait by itself: one a minute.
    OneAMinute,
}

/// Runs a future, and tells of its waits meanwhile.
pub(super) async fn told<T>(
    which: Told,
    tell: &dyn Fn(&Event),
    future: impl Future<Output = T>,
) -> T {
    let mut future = pin!(future);
    let mut teller = Teller::new(which);
    loop {
        match tokio::time::timeout(LOOK, &mut future).await {
            Ok(output) => return output,
            Err(_) => {
                if let Some(event) = teller.look(&waits(), Instant::now()) {
                    tell(&event);
                }
            }
        }
    }
}

/// Prints a wait as a line with its time on standard error.
pub(super) fn print_wait(event: &Event) {
    let now_ms = environment::now_ms();
    let line = match event {
        Event::Waiting(waiting) => waiting_line(waiting, now_ms),
        Event::WaitOver(over) => wait_over_line(over),
        _ => return,
    };
    output::err(&format!("{} {line}\n", stamp(now_ms)));
}

/// What was told so far.
struct Teller {
    which: Told,
    told: Option<ToldWait>,
}

struct ToldWait {
    since: Instant,
    reason: String,
    at: Instant,
    again: Duration,
    /// When something last stood on the board.
    seen: Instant,
}

impl Teller {
    fn new(which: Told) -> Self {
        Self { which, told: None }
    }

    /// What is to be told of the board as it is now.
    fn look(&mut self, board: &[DatabaseWait], now: Instant) -> Option<Event> {
        let long = board
            .iter()
            .find(|wait| now.duration_since(wait.since) >= TOLD_AFTER);
        let Some(told) = &mut self.told else {
            let wait = long?;
            self.told = Some(ToldWait {
                since: wait.since,
                reason: wait.reason.clone(),
                at: now,
                again: match self.which {
                    Told::Each => AGAIN,
                    Told::OneAMinute => AGAIN_MAX,
                },
                seen: now,
            });
            return Some(waiting(wait, wait.since, now));
        };
        if !board.is_empty() {
            told.seen = now;
        }
        let since_told = now.duration_since(told.at);
        let is_over = match self.which {
            Told::Each => now.duration_since(told.seen) >= OVER_AFTER,
            Told::OneAMinute => now.duration_since(told.seen) >= AGAIN_MAX,
        };
        if is_over {
            let over = WaitOver {
                reason: told.reason.clone(),
                waited_ms: milliseconds(told.seen.duration_since(told.since)),
            };
            self.told = None;
            return (self.which == Told::Each).then_some(Event::WaitOver(over));
        }
        let wait = long?;
        let is_other = self.which == Told::Each
            && without_digits(&wait.reason) != without_digits(&told.reason)
            && since_told >= OTHER_REASON_AFTER;
        if !is_other && since_told < told.again {
            return None;
        }
        if !is_other {
            told.again = (told.again * 2).min(AGAIN_MAX);
        }
        told.at = now;
        told.reason.clone_from(&wait.reason);
        if self.which == Told::OneAMinute {
            told.since = wait.since;
        }
        Some(waiting(wait, told.since, now))
    }
}

/// A reason that differs in its figures alone ("for 7 s") is the same.
fn without_digits(reason: &str) -> String {
    reason.chars().filter(|c| !c.is_ascii_digit()).collect()
}

fn waiting(wait: &DatabaseWait, since: Instant, now: Instant) -> Event {
    let left = |until: Instant| milliseconds(until.saturating_duration_since(now));
    Event::Waiting(Waiting {
        reason: wait.reason.clone(),
        waited_ms: milliseconds(now.duration_since(since)),
        left_ms: wait.until.map(left),
    })
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is told of one wait that stands on the board from second 1 to second `until`, by the
    /// second in which it is told.
    fn told_of(which: Told, until: u64, reason: impl Fn(u64) -> String) -> Vec<(u64, Event)> {
        let start = Instant::now();
        let since = start + Duration::from_secs(1);
        let mut teller = Teller::new(which);
        (1..200)
            .filter_map(|second| {
                let wait = DatabaseWait {
                    reason: reason(second),
                    since,
                    until: None,
                };
                let board = (second < until).then_some(wait);
                let now = start + Duration::from_secs(second);
                Some((second, teller.look(board.as_slice(), now)?))
            })
            .collect()
    }

    fn seconds(told: &[(u64, Event)]) -> Vec<u64> {
        told.iter().map(|(second, _)| *second).collect()
    }

    #[test]
    fn a_wait_is_told_after_two_seconds_then_less_and_less_and_at_its_end() {
        let told = told_of(Told::Each, 50, |_| "gone".to_owned());
        assert_eq!(seconds(&told), [3, 13, 33, 50]);
        assert!(matches!(&told[3].1, Event::WaitOver(over) if over.waited_ms == 48_000));
    }

    #[test]
    fn a_short_wait_is_not_told() {
        assert_eq!(told_of(Told::Each, 3, |_| "gone".to_owned()).len(), 0);
    }

    #[test]
    fn another_reason_is_told_at_once_and_other_figures_are_none() {
        let told = told_of(Told::Each, 12, |second| match second {
            ..=7 => "gone".to_owned(),
            second => format!("locked for {second} s"),
        });
        assert_eq!(seconds(&told), [3, 8, 12]);
    }

    #[test]
    fn the_sidecar_tells_once_a_minute_and_no_end() {
        let told = told_of(Told::OneAMinute, 90, |second| format!("{second}: gone"));
        assert_eq!(seconds(&told), [3, 63]);
    }
}
