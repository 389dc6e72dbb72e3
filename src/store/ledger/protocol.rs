//! The rules by which the members of a joined run share its duties, without a database.
//!
//! A lease excludes nobody: a member may sleep longer than its lease lasts. So whoever adds a pass
//! or closes compares the run's row with what it saw ([`may_step`]). The SQL in `joined` says the
//! same; a test compares the two.

/// The state of a joined run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JoinedState {
    /// One member prepares, the others wait.
    Preparing,
    /// Every member works.
    Open,
    /// Nobody writes any more.
    Closed,
}

impl JoinedState {
    /// All states, in order.
    pub const ALL: [Self; 3] = [Self::Preparing, Self::Open, Self::Closed];

    /// The word in the ledger.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Preparing => "preparing",
            Self::Open => "open",
            Self::Closed => "closed",
        }
    }

    /// The state of that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.as_str() == word)
    }

    /// The transition table. A step from open to open adds a pass.
    pub fn may_become(self, next: Self) -> bool {
        matches!(
            (self, next),
            (Self::Preparing | Self::Open, Self::Open | Self::Closed)
        )
    }
}

/// Who has the duty of a joined run, as a member sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DutySeen<'a> {
    /// The state of the run.
    pub state: JoinedState,
    /// The pass that is worked on.
    pub pass: i64,
    /// Who has it; empty for nobody.
    pub owner: &'a str,
    /// How often it was taken.
    pub epoch: i64,
    /// Milliseconds until its lease runs out.
    pub left_ms: i64,
}

/// Whether a member may take the duty of a run that it saw so. Whom it saw with the duty does not
/// matter: a lease runs out.
pub fn may_take(now: DutySeen<'_>, me: &str, seen: StepGround<'_>) -> bool {
    let is_free = now.owner.is_empty() || now.owner == me || now.left_ms < 0;
    let is_as_seen = (now.state, now.pass, now.epoch) == (seen.state, seen.pass, seen.epoch);
    now.state != JoinedState::Closed && is_as_seen && is_free
}

/// Where the run's row stands, or as what a member saw it: the ground of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StepGround<'a> {
    /// The state.
    pub state: JoinedState,
    /// The pass that is worked on.
    pub pass: i64,
    /// Who has the duty.
    pub owner: &'a str,
    /// Under which epoch.
    pub epoch: i64,
}

/// The duty on which a step of a joined run rests: what its member saw when it decided.
#[derive(Clone, Copy, Debug)]
pub struct Duty<'a> {
    /// The name of the joined run.
    pub joined: &'a str,
    /// What the member saw.
    pub seen: StepGround<'a>,
}

/// Whether a step that was decided on one ground may be made on another: only where both are the
/// same.
pub fn may_step(now: StepGround<'_>, seen: StepGround<'_>) -> bool {
    now == seen
}

/// What comes when every chunk of a pass is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NextStep {
    /// A sweep of that number.
    Sweep(i64),
    /// The run is closed.
    Close,
    /// The sweeps that were asked for found rows each time: the run stays open.
    Arriving,
}

/// What comes after a pass in which all members together found `candidates`, where `last` is the
/// last sweep that may be added.
pub fn next_step(pass: i64, candidates: i64, last: i64) -> NextStep {
    let is_sweep = pass > 0;
    if is_sweep && candidates == 0 {
        NextStep::Close
    } else if pass < last {
        NextStep::Sweep(pass + 1)
    } else {
        NextStep::Arriving
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_closed_stays_closed_and_nothing_is_prepared_twice() {
        for to in JoinedState::ALL {
            assert!(!JoinedState::Closed.may_become(to));
            assert!(!to.may_become(JoinedState::Preparing));
        }
    }

    #[test]
    fn a_run_is_closed_only_after_a_sweep_that_found_nothing() {
        assert_eq!(next_step(0, 9, 3), NextStep::Sweep(1));
        assert_eq!(next_step(0, 0, 3), NextStep::Sweep(1));
        assert_eq!(next_step(1, 1, 3), NextStep::Sweep(2));
        assert_eq!(next_step(1, 0, 3), NextStep::Close);
        assert_eq!(next_step(3, 1, 3), NextStep::Arriving);
        assert_eq!(next_step(3, 0, 3), NextStep::Close);
        // Without a sweep nothing is known: rows that were put off lie behind the cursor.
        assert_eq!(next_step(0, 0, 0), NextStep::Arriving);
        // Who comes back after three sweeps has three more.
        assert_eq!(next_step(3, 1, 3 + 3), NextStep::Sweep(4));
    }

    #[test]
    fn a_duty_is_taken_over_only_when_its_lease_has_run_out() {
        let held = DutySeen {
            state: JoinedState::Open,
            pass: 1,
            owner: "a",
            epoch: 3,
            left_ms: 10,
        };
        let seen = StepGround {
            state: JoinedState::Open,
            pass: 1,
            owner: "a",
            epoch: 3,
        };
        assert!(!may_take(held, "b", seen));
        assert!(may_take(held, "a", seen));
        let late = DutySeen {
            left_ms: -1,
            ..held
        };
        assert!(may_take(late, "b", seen));
        let before = StepGround { epoch: 2, ..seen };
        assert!(!may_take(late, "b", before), "another was faster");
        let preparing = StepGround {
            state: JoinedState::Preparing,
            ..seen
        };
        assert!(!may_take(late, "b", preparing), "it is prepared already");
        let pass = StepGround { pass: 0, ..seen };
        assert!(!may_take(late, "b", pass), "the next pass was added");
        let closed = DutySeen {
            state: JoinedState::Closed,
            ..late
        };
        assert!(!may_take(closed, "b", seen));
        let seen = StepGround {
            state: JoinedState::Closed,
            ..seen
        };
        assert!(!may_take(closed, "b", seen));
    }
}
