//! The counts of a chunk, a pass or a run.

/// The counts of a chunk, a pass or a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Accounts {
    /// Rows read.
    pub seen: i64,
    /// Rows that a rule would change, counted when they were read.
    pub candidates: i64,
    /// Rows changed.
    pub done: i64,
    /// Rows that the application changed first.
    pub superseded: i64,
    /// Rows that were deleted meanwhile.
    pub deleted: i64,
    /// Rows left alone, with a reason.
    pub quarantined: i64,
}

impl Accounts {
    /// Whether candidates = done + superseded + deleted + quarantined.
    pub fn add_up(&self) -> bool {
        self.candidates == self.done + self.superseded + self.deleted + self.quarantined
    }
}

impl std::ops::AddAssign for Accounts {
    fn add_assign(&mut self, other: Self) {
        self.seen += other.seen;
        self.candidates += other.candidates;
        self.done += other.done;
        self.superseded += other.superseded;
        self.deleted += other.deleted;
        self.quarantined += other.quarantined;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_accounts_close_only_when_every_candidate_is_accounted_for() {
        let mut a = Accounts {
            seen: 9,
            candidates: 4,
            done: 1,
            superseded: 1,
            deleted: 1,
            quarantined: 1,
        };
        assert!(a.add_up());
        a.done = 0;
        assert!(!a.add_up());
    }
}
