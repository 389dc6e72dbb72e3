//! Commits that take too long: nine of the last ten must stay below a target.
//!
//! While pages wait there are no commits to measure. So after a while pages are let through on
//! trial, until the first commit says whether more follow. It may be that of a page from before.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::signal::{Hold, ThrottleLook, ThrottleNews, ThrottleSignal};
use crate::engine::event::HeldBy;

/// So many commits are looked at.
const COMMITS: usize = 10;

/// So many of them must stay below the target.
const GOOD: usize = 9;

/// The first wait. Each trial that fails doubles it.
const WAIT: Duration = Duration::from_secs(1);

/// It never gets longer.
const WAIT_MAX: Duration = Duration::from_secs(30);

/// How long nine of the last ten commits may take.
#[derive(Debug)]
pub(crate) struct CommitTime {
    max: Duration,
    last: VecDeque<Duration>,
    state: CommitState,
    wait: Duration,
}

#[derive(Debug, PartialEq)]
enum CommitState {
    /// Commits are fast enough.
    Good,
    /// Pages wait since then.
    Holds { since: Instant, p90: Duration },
    /// Pages are on trial until a commit is heard.
    Trial,
}

impl CommitTime {
    pub(crate) fn new(max: Duration) -> Self {
        Self {
            max,
            last: VecDeque::with_capacity(COMMITS),
            state: CommitState::Good,
            wait: WAIT,
        }
    }

    /// What nine of the last ten stay at or below; none before there are ten.
    fn p90(&self) -> Option<Duration> {
        if self.last.len() < COMMITS {
            return None;
        }
        let mut sorted: Vec<Duration> = self.last.iter().copied().collect();
        sorted.sort_unstable();
        sorted.get(GOOD - 1).copied()
    }
}

impl ThrottleSignal for CommitTime {
    fn held_by(&self) -> HeldBy {
        HeldBy::Commits
    }

    fn check(&mut self, look: &ThrottleLook) -> Option<Hold> {
        let CommitState::Holds { since, p90 } = self.state else {
            return None;
        };
        if look.now.saturating_duration_since(since) >= self.wait {
            self.state = CommitState::Trial;
            return None;
        }
        Some(Hold::because(format!(
            "commits take {} ms, above --max-commit {} ms",
            p90.as_millis(),
            self.max.as_millis()
        )))
    }

    fn hear(&mut self, news: ThrottleNews) {
        let ThrottleNews::Commit { took, at } = news else {
            return;
        };
        match self.state {
            CommitState::Good => {
                if self.last.len() == COMMITS {
                    self.last.pop_front();
                }
                self.last.push_back(took);
                if let Some(p90) = self.p90().filter(|p90| *p90 > self.max) {
                    self.state = CommitState::Holds { since: at, p90 };
                }
            }
            // It was on its way already.
            CommitState::Holds { .. } => {}
            CommitState::Trial if took <= self.max => {
                self.last.clear();
                self.wait = WAIT;
                self.state = CommitState::Good;
            }
            CommitState::Trial => {
                self.wait = (self.wait * 2).min(WAIT_MAX);
                self.state = CommitState::Holds {
                    since: at,
                    p90: took,
                };
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAX: Duration = Duration::from_millis(100);

    struct Clock {
        start: Instant,
        signal: CommitTime,
    }

    impl Clock {
        fn commit(&mut self, at_ms: u64, took_ms: u64) {
            self.signal.hear(ThrottleNews::Commit {
                took: Duration::from_millis(took_ms),
                at: self.start + Duration::from_millis(at_ms),
            });
        }

        fn reason(&mut self, at_ms: u64) -> Option<String> {
            let look = ThrottleLook {
                now: self.start + Duration::from_millis(at_ms),
                worked: Duration::ZERO,
            };
            self.signal.check(&look).map(|hold| hold.reason)
        }
    }

    fn clock() -> Clock {
        Clock {
            start: Instant::now(),
            signal: CommitTime::new(MAX),
        }
    }

    #[test]
    fn one_slow_commit_in_ten_is_let_pass_and_two_are_not() {
        let mut clock = clock();
        clock.commit(0, 900);
        for _ in 0..9 {
            clock.commit(0, 100);
        }
        assert_eq!(clock.reason(0), None);
        clock.commit(0, 300);
        assert_eq!(clock.reason(0), None, "the first one is forgotten");
        clock.commit(0, 200);
        assert_eq!(
            clock.reason(0).as_deref(),
            Some("commits take 200 ms, above --max-commit 100 ms")
        );
    }

    #[test]
    fn after_a_while_one_page_is_tried_and_decides() {
        let mut clock = clock();
        for _ in 0..10 {
            clock.commit(0, 200);
        }
        clock.commit(10, 1);
        assert!(clock.reason(999).is_some(), "that one was on its way");
        assert_eq!(clock.reason(1_000), None);
        clock.commit(1_500, 150);
        assert!(clock.reason(3_400).is_some(), "twice as long");
        assert_eq!(clock.reason(3_500), None);
        clock.commit(3_600, 50);
        assert_eq!(clock.reason(3_600), None);
        clock.commit(3_700, 150);
        assert_eq!(clock.reason(3_700), None, "ten are looked at again");
    }
}
