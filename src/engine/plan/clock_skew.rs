//! Whether rows may be reset by the database's clock. A clock that jumps must not make a deadline
//! come early.
//!
//! Ages and deadlines are judged by the database's clock. This host's is asked as a second witness,
//! and decides nothing by itself. An SQLite file has no clock of its own: there the two are one,
//! and nothing can be told.

use crate::engine::refusal::Refusal;
use crate::policy::Rules;

/// Clocks that keep time by the network differ by seconds. A zone taken for UTC is off by an hour
/// or more, with half an hour where zones have it.
const APART_MAX_MS: u64 = 15 * 60 * 1000;

/// What decides which rows a command resets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TimeBasis {
    /// The rules alone.
    Rules,
    /// An age beside them: how long ago rows were wrapped.
    Age,
}

/// Why nothing can be reset by the time. None where rows may be reset by it, or where nothing is
/// reset by the time.
pub(crate) fn check_clocks(
    rules: &Rules,
    by: TimeBasis,
    database_ms: i64,
    host_ms: i64,
) -> Option<Refusal> {
    let apart = database_ms.abs_diff(host_ms);
    let by_time = by == TimeBasis::Age || rules.iter().any(|(_, rule)| rule.resets_by_time());
    if apart <= APART_MAX_MS || !by_time {
        return None;
    }
    let which = if database_ms > host_ms {
        "ahead of"
    } else {
        "behind"
    };
    Some(Refusal {
        what: format!(
            "the database's clock is {} minutes {which} this host's, and something is reset by the time",
            apart / 60_000
        ),
        hint: "put the clock right that is wrong: a reset can't be undone".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{Action, Age, Deadline, Rule, Then, When};

    const DAY_MS: i64 = 86_400_000;

    fn rules(action: Action, then: Option<Then>, last_login_before: Option<Age>) -> Rules {
        Rules::new(vec![Rule {
            name: Some("stale".to_owned()),
            when: When {
                last_login_before,
                ..When::default()
            },
            action,
            deadline: then.map(|then| Deadline {
                after: year(),
                then,
                since_ms: None,
            }),
            max_rows: Some(1),
            soft: false,
        }])
    }

    fn year() -> Age {
        Age::parse("1y").unwrap()
    }

    #[test]
    fn a_clock_that_jumped_either_way_stops_what_resets_by_the_time() {
        for rules in [
            rules(Action::OnLogin, Some(Then::Reset), None),
            rules(Action::Wrap, Some(Then::Reset), None),
            rules(Action::Reset, None, Some(year())),
        ] {
            assert!(check_clocks(&rules, TimeBasis::Rules, DAY_MS, 0).is_some());
            assert!(check_clocks(&rules, TimeBasis::Rules, 0, DAY_MS).is_some());
            assert!(check_clocks(&rules, TimeBasis::Rules, 60_000, 0).is_none());
        }
    }

    #[test]
    fn what_resets_at_once_or_not_at_all_asks_no_clock() {
        for rules in [
            rules(Action::Reset, None, None),
            rules(Action::OnLogin, Some(Then::Wrap), None),
            rules(Action::Wrap, None, Some(year())),
        ] {
            assert!(check_clocks(&rules, TimeBasis::Rules, DAY_MS, 0).is_none());
            assert!(check_clocks(&rules, TimeBasis::Age, DAY_MS, 0).is_some());
        }
    }
}
