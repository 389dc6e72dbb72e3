//! What lists say of a value, why they say nothing, and how many rows each of it concerns.

/// What lists say of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Judgement {
    /// A list has its password.
    Known,
    /// It was looked for, and no list has its password.
    NotFound,
    /// It was not looked for.
    NotJudged(UnjudgedReason),
}

/// Why a value was not judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum UnjudgedReason {
    /// Its scheme is neither declared nor proven, or the value is of no known kind.
    NoScheme,
    /// It is a slow hash: one word would cost as much as a login.
    Slow,
    /// It is wrapped, and the ledger keeps no verdict from before.
    Wrapped,
    /// It is salted, and the time for trying words is over.
    TimeOver,
    /// A salt or a name is missing, or its scheme is recognised but can't be computed.
    Untried,
    /// The pwned list holds other digests, and there is no word list.
    OtherList,
    /// There is no list.
    NoList,
}

/// How many rows were judged, and how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct KnownCounts {
    /// Rows whose password a list has.
    pub known: u64,
    /// Rows whose password no list has.
    pub not_found: u64,
    /// Rows that were not judged, by reason, in the order of [`UnjudgedReason::ALL`].
    pub not_judged: [u64; UnjudgedReason::ALL.len()],
}

impl Judgement {
    /// Whether the password is known; none where it was not looked for.
    pub fn is_known(self) -> Option<bool> {
        match self {
            Self::Known => Some(true),
            Self::NotFound => Some(false),
            Self::NotJudged(_) => None,
        }
    }
}

impl UnjudgedReason {
    /// Every reason.
    pub const ALL: [Self; 7] = [
        Self::NoScheme,
        Self::Slow,
        Self::Wrapped,
        Self::TimeOver,
        Self::Untried,
        Self::OtherList,
        Self::NoList,
    ];

    /// The word for machines.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoScheme => "scheme-not-known",
            Self::Slow => "slow-hash",
            Self::Wrapped => "wrapped",
            Self::TimeOver => "time-over",
            Self::Untried => "can-not-be-tried",
            Self::OtherList => "other-list",
            Self::NoList => "no-list",
        }
    }

    /// The words for people.
    pub fn words(self) -> &'static str {
        match self {
            Self::NoScheme => "scheme neither declared nor proven",
            Self::Slow => "slow hash",
            Self::Wrapped => "wrapped, and not known when that was done",
            Self::TimeOver => "salted, and --proof-seconds over",
            Self::Untried => "no salt, or a scheme that is only recognised",
            Self::OtherList => "the pwned list does not fit the scheme",
            Self::NoList => "no list",
        }
    }
}

impl KnownCounts {
    /// Counts a row.
    pub fn add(&mut self, judgement: Judgement) {
        match judgement {
            Judgement::Known => self.known += 1,
            Judgement::NotFound => self.not_found += 1,
            Judgement::NotJudged(why) => self.not_judged[why as usize] += 1,
        }
    }

    /// Adds the counts of other rows.
    pub fn merge(&mut self, other: &Self) {
        self.known += other.known;
        self.not_found += other.not_found;
        for (ours, theirs) in self.not_judged.iter_mut().zip(other.not_judged) {
            *ours += theirs;
        }
    }

    /// Rows that were judged.
    pub fn judged(&self) -> u64 {
        self.known + self.not_found
    }

    /// Rows that were not judged.
    pub fn unjudged(&self) -> u64 {
        self.not_judged.iter().sum()
    }

    /// The reasons that occurred, each with its rows.
    pub fn reasons(&self) -> impl Iterator<Item = (UnjudgedReason, u64)> {
        UnjudgedReason::ALL
            .into_iter()
            .zip(self.not_judged)
            .filter(|(_, rows)| *rows > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_has_its_place_and_its_own_words() {
        for (at, why) in UnjudgedReason::ALL.into_iter().enumerate() {
            assert_eq!(why as usize, at);
            let same = |other: &&UnjudgedReason| {
                other.as_str() == why.as_str() || other.words() == why.words()
            };
            assert_eq!(UnjudgedReason::ALL.iter().filter(same).count(), 1);
        }
    }
}
