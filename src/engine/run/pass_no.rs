//! Which pass over the rows of a run, and the number that the ledger keeps for it.

/// A pass of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum PassNo {
    /// The rows that are named by their keys: those of `--keys`, and a reset's cohort.
    Keys,
    /// The first pass over the whole table.
    #[default]
    First,
    /// A sweep, counted from 1.
    Sweep(i64),
}

impl PassNo {
    /// The pass of a chunk in the ledger.
    pub(crate) fn from_ledger(number: i64) -> Self {
        match number {
            ..0 => Self::Keys,
            0 => Self::First,
            n => Self::Sweep(n),
        }
    }

    /// The number in the ledger and in events: -1, 0, then the sweeps.
    pub(crate) fn number(self) -> i64 {
        match self {
            Self::Keys => -1,
            Self::First => 0,
            Self::Sweep(n) => n,
        }
    }

    /// Whether the pass looks for rows that a former pass has left.
    pub(crate) fn is_sweep(self) -> bool {
        matches!(self, Self::Sweep(_))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pass_survives_the_ledger_and_sweeps_come_last() {
        for pass in [PassNo::Keys, PassNo::First, PassNo::Sweep(1)] {
            assert_eq!(PassNo::from_ledger(pass.number()), pass);
        }
        assert!(PassNo::Keys < PassNo::First && PassNo::First < PassNo::Sweep(1));
    }
}
