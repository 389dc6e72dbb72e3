//! What was found, asked value by value, and counted.

use super::{Fingers, Lists, Way};
use crate::scheme::{Class, Recognised, Scheme};

/// What is said of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Judgement {
    /// A list has its password.
    Known,
    /// It was looked for, and no list has it.
    NotFound,
    /// Nobody looked.
    NotJudged(Why),
}

/// Why a value was not judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Why {
    /// Its scheme is neither declared nor proven, or it is nothing that is known.
    NoScheme,
    /// It is a slow hash: a word costs as much as a login.
    Slow,
    /// It is wrapped, and no verdict is kept from before.
    Wrapped,
    /// It is salted, and the time for trying words was over.
    TimeOver,
    /// A salt or a name is missing, or its scheme is only recognised.
    Untried,
    /// The pwned list has other digests, and there is no word list.
    OtherList,
    /// There is no list.
    NoList,
}

/// What lists said of a column, and what the ledger keeps of earlier runs.
#[derive(Debug, Default)]
pub struct Known {
    /// The lists.
    pub lists: Lists,
    /// Values whose password a list has.
    pub found: Fingers,
    /// Salted values on which every word was tried.
    pub tried: Fingers,
    /// Salted values on which none could be tried.
    pub untriable: Fingers,
    /// Values that were judged to be known before they were hashed anew.
    pub kept: Fingers,
}

/// How many rows were judged, and how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct KnownCounts {
    /// Rows whose password a list has.
    pub known: u64,
    /// Rows whose password no list has.
    pub not_found: u64,
    /// Rows that were not judged, by reason, in the order of [`Why::ALL`].
    pub not_judged: [u64; Why::ALL.len()],
}

impl Judgement {
    /// Whether the password is known; none where nobody looked.
    pub fn is_known(self) -> Option<bool> {
        match self {
            Self::Known => Some(true),
            Self::NotFound => Some(false),
            Self::NotJudged(_) => None,
        }
    }
}

impl Why {
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

    /// The word for it, as machines get it.
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

    /// The same for people.
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

impl Known {
    /// What is said of a value; none where it holds no password at all. `scheme` is its own, the declared one or the one that was
    /// proven.
    pub fn judge(
        &self,
        value: Option<&[u8]>,
        recognised: &Recognised<'_>,
        class: Class,
        scheme: Option<Scheme>,
    ) -> Option<Judgement> {
        let is_in = |fingers: &Fingers, finger| fingers.contains(finger);
        Some(match self.lists.way(value, recognised, class, scheme)? {
            Way::Lookup(_, finger) if is_in(&self.found, finger) => Judgement::Known,
            Way::Lookup(..) => Judgement::NotFound,
            Way::Tries(_, finger) if is_in(&self.found, finger) => Judgement::Known,
            Way::Tries(_, finger) if is_in(&self.tried, finger) => Judgement::NotFound,
            Way::Tries(_, finger) if is_in(&self.untriable, finger) => {
                Judgement::NotJudged(Why::Untried)
            }
            Way::Tries(..) => Judgement::NotJudged(Why::TimeOver),
            Way::Kept(finger, _) if is_in(&self.kept, finger) => Judgement::Known,
            Way::Kept(_, why) | Way::Not(why) => Judgement::NotJudged(why),
        })
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

    /// The reasons that there were, with their rows.
    pub fn reasons(&self) -> impl Iterator<Item = (Why, u64)> {
        Why::ALL
            .into_iter()
            .zip(self.not_judged)
            .filter(|(_, rows)| *rows > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::census::known::PwnedKind;
    use crate::scheme::{Declared, Strength, digest, recognise};

    const WORDS: Lists = Lists {
        words: true,
        pwned: None,
    };
    const PWNED: Lists = Lists {
        words: false,
        pwned: Some(PwnedKind::Sha1),
    };

    /// Judges a value by lists that have found nothing, or just this value.
    fn judge(lists: Lists, value: Option<&str>, declared: Declared) -> Option<Judgement> {
        let value = value.map(str::as_bytes);
        let recognised = recognise(value, declared);
        let class = recognised.class(&Strength::Bcrypt { cost: 10 });
        let known = |found| Known {
            lists,
            found: Fingers::new(found),
            ..Known::default()
        };
        let scheme = recognised.scheme();
        let first = known(Vec::new()).judge(value, &recognised, class, scheme);
        if let Some(Way::Lookup(_, finger) | Way::Tries(_, finger)) =
            lists.way(value, &recognised, class, scheme)
        {
            let then = known(vec![finger]).judge(value, &recognised, class, scheme);
            assert_eq!(then, Some(Judgement::Known));
        }
        first
    }

    fn check(lists: Lists, value: &str, declared: Declared, expected: Judgement) {
        assert_eq!(
            judge(lists, Some(value), declared),
            Some(expected),
            "{value}"
        );
    }

    #[test]
    fn every_reason_has_its_place_and_its_own_words() {
        for (at, why) in Why::ALL.into_iter().enumerate() {
            assert_eq!(why as usize, at);
            let same =
                |other: &&Why| other.as_str() == why.as_str() || other.words() == why.words();
            assert_eq!(Why::ALL.iter().filter(same).count(), 1);
        }
    }

    #[test]
    fn what_holds_no_password_is_neither_judged_nor_not_judged() {
        for value in [None, Some(""), Some("!"), Some("!saltern:reset:x")] {
            assert_eq!(judge(WORDS, value, Declared::Auto), None);
        }
    }

    #[test]
    fn what_is_not_judged_has_its_reason() {
        let md5 = digest(Scheme::MD5, b"unheard of").expect("a digest");
        let sha1 = digest(Scheme::SHA1, b"unheard of").expect("a digest");
        let declared = Declared::Scheme;
        let ssha = "{SSHA}ZC9paxqFkXCTpiMWRc6XMTPYJoBZkoGzLmyxlw==";
        let bcrypt = "$2y$12$iy1ZFmZlC0yTeKR79aXhqeuSI9ZLroS1RicHxS8fG3RNFBr4QxHR6";
        let not = Judgement::NotJudged;
        check(WORDS, &md5, declared(Scheme::MD5), Judgement::NotFound);
        check(WORDS, &md5, Declared::Auto, not(Why::NoScheme));
        check(WORDS, "what is this", Declared::Auto, not(Why::NoScheme));
        check(WORDS, bcrypt, Declared::Auto, not(Why::Slow));
        check(WORDS, ssha, Declared::Auto, not(Why::TimeOver));
        check(
            WORDS,
            "hunter2",
            declared(Scheme::PLAINTEXT),
            Judgement::NotFound,
        );
        check(PWNED, &sha1, declared(Scheme::SHA1), Judgement::NotFound);
        check(
            PWNED,
            "hunter2",
            declared(Scheme::PLAINTEXT),
            Judgement::NotFound,
        );
        check(PWNED, &md5, declared(Scheme::MD5), not(Why::OtherList));
        check(PWNED, ssha, Declared::Auto, not(Why::OtherList));
        check(
            Lists::default(),
            &md5,
            declared(Scheme::MD5),
            not(Why::NoList),
        );
    }
}
