//! When users last logged in, counted by fixed ages and by the ages that rules name.

use crate::policy::LastLogin;

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// Rows by the age of their last login.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LoginAges {
    /// Never logged in.
    pub never: u64,
    /// No such column, or no readable value.
    pub unknown: u64,
    /// Less than 30 days ago.
    pub under_30_days: u64,
    /// Less than a year of 365 days ago, but not less than 30 days.
    pub under_1_year: u64,
    /// Less than two such years ago, but not less than one.
    pub under_2_years: u64,
    /// Longer ago.
    pub older: u64,
}

/// The moments that divide logins: those of [`LoginAges`] and those of the rules.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Cutoffs {
    ascending_ms: Vec<i64>,
    now_ms: i64,
}

/// Where never and unknown are counted. Each stretch between two cutoffs has a place after them.
const NEVER: usize = 0;
const UNKNOWN: usize = 1;
const FIRST_STRETCH: usize = 2;

impl Cutoffs {
    pub(super) fn new(now_ms: i64, of_rules_ms: &[i64]) -> Self {
        let ages = [30, 365, 730].map(|days| now_ms.saturating_sub(days * DAY_MS));
        let mut ascending_ms: Vec<i64> = ages
            .into_iter()
            .chain(of_rules_ms.iter().copied())
            .collect();
        ascending_ms.sort_unstable();
        ascending_ms.dedup();
        Self {
            ascending_ms,
            now_ms,
        }
    }

    /// How many places there are.
    pub(super) fn places(&self) -> usize {
        FIRST_STRETCH + self.ascending_ms.len() + 1
    }

    /// The place where a login is counted.
    pub(super) fn place(&self, login: LastLogin) -> usize {
        match login {
            LastLogin::Never => NEVER,
            LastLogin::Unknown => UNKNOWN,
            LastLogin::At(ms) => {
                FIRST_STRETCH + self.ascending_ms.partition_point(|cutoff| *cutoff <= ms)
            }
        }
    }

    /// A login that stands for all logins counted in a place: no cutoff lies between them.
    pub(super) fn specimen(&self, place: usize) -> LastLogin {
        match place {
            NEVER => LastLogin::Never,
            UNKNOWN => LastLogin::Unknown,
            // No cutoff lies before the first stretch.
            FIRST_STRETCH => LastLogin::At(self.ascending_ms[0].saturating_sub(1)),
            later => LastLogin::At(self.ascending_ms[later - FIRST_STRETCH - 1]),
        }
    }

    /// Adds counts by place to the ages.
    pub(super) fn add(&self, ages: &mut LoginAges, counts: &[u64]) {
        for (place, count) in counts.iter().enumerate() {
            let field = match self.specimen(place) {
                LastLogin::Never => &mut ages.never,
                LastLogin::Unknown => &mut ages.unknown,
                LastLogin::At(ms) if ms >= self.now_ms.saturating_sub(30 * DAY_MS) => {
                    &mut ages.under_30_days
                }
                LastLogin::At(ms) if ms >= self.now_ms.saturating_sub(365 * DAY_MS) => {
                    &mut ages.under_1_year
                }
                LastLogin::At(ms) if ms >= self.now_ms.saturating_sub(730 * DAY_MS) => {
                    &mut ages.under_2_years
                }
                LastLogin::At(_) => &mut ages.older,
            };
            *field += count;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_700_000_000_000;

    fn days(days: i64) -> LastLogin {
        LastLogin::At(NOW - days * DAY_MS)
    }

    #[test]
    fn logins_are_counted_by_age() {
        let cutoffs = Cutoffs::new(NOW, &[NOW - 90 * DAY_MS]);
        let mut counts = vec![0; cutoffs.places()];
        let logins = [0, 29, 30, 31, 364, 366, 729, 731, 9_999, -5].map(days);
        for login in logins
            .into_iter()
            .chain([LastLogin::Never, LastLogin::Unknown])
        {
            counts[cutoffs.place(login)] += 1;
        }
        let mut ages = LoginAges::default();
        cutoffs.add(&mut ages, &counts);
        let expected = LoginAges {
            never: 1,
            unknown: 1,
            under_30_days: 4,
            under_1_year: 2,
            under_2_years: 2,
            older: 2,
        };
        assert_eq!(ages, expected);
    }

    #[test]
    fn a_specimen_lies_on_the_same_side_of_every_cutoff_as_what_it_stands_for() {
        let of_rules = [NOW - 90 * DAY_MS, NOW - 5 * 365 * DAY_MS];
        let cutoffs = Cutoffs::new(NOW, &of_rules);
        for login in (0..4_000).step_by(7).map(|age| NOW - age * DAY_MS) {
            let LastLogin::At(specimen) = cutoffs.specimen(cutoffs.place(LastLogin::At(login)))
            else {
                panic!("a time is counted among the times");
            };
            for cutoff in of_rules {
                assert_eq!(login < cutoff, specimen < cutoff);
            }
        }
    }
}
