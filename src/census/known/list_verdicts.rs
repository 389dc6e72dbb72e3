//! What was found on lists, asked value by value.

use super::fingerprints::Fingerprints;
use super::judgement::{Judgement, UnjudgedReason};
use super::lists::{Lists, Way};
use crate::scheme::{Class, Recognised, Scheme};

/// What lists said of a column, and what the ledger keeps of earlier runs.
#[derive(Debug, Default)]
pub struct ListVerdicts {
    /// The lists.
    pub lists: Lists,
    /// Values whose password a list has.
    pub found: Fingerprints,
    /// Salted values on which every word was tried in vain.
    pub tried: Fingerprints,
    /// Salted values on which no word could be tried.
    pub untriable: Fingerprints,
    /// Values whose password was known before they were hashed anew.
    pub kept: Fingerprints,
}

impl ListVerdicts {
    /// What lists say of a value; none where it holds no password at all.
    ///
    /// `scheme` is the value's own, the declared one or the proven one.
    pub fn judge(
        &self,
        value: Option<&[u8]>,
        recognised: &Recognised<'_>,
        class: Class,
        scheme: Option<Scheme>,
    ) -> Option<Judgement> {
        let is_in = |fingerprints: &Fingerprints, fingerprint| fingerprints.contains(fingerprint);
        Some(match self.lists.way(value, recognised, class, scheme)? {
            Way::Lookup(_, fingerprint) if is_in(&self.found, fingerprint) => Judgement::Known,
            Way::Lookup(..) => Judgement::NotFound,
            Way::Tries(_, fingerprint) if is_in(&self.found, fingerprint) => Judgement::Known,
            Way::Tries(_, fingerprint) if is_in(&self.tried, fingerprint) => Judgement::NotFound,
            Way::Tries(_, fingerprint) if is_in(&self.untriable, fingerprint) => {
                Judgement::NotJudged(UnjudgedReason::Untried)
            }
            Way::Tries(..) => Judgement::NotJudged(UnjudgedReason::TimeOver),
            Way::Kept(fingerprint, _) if is_in(&self.kept, fingerprint) => Judgement::Known,
            Way::Kept(_, why) | Way::Not(why) => Judgement::NotJudged(why),
        })
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
        let known = |found| ListVerdicts {
            lists,
            found: Fingerprints::new(found),
            ..ListVerdicts::default()
        };
        let scheme = recognised.scheme();
        let first = known(Vec::new()).judge(value, &recognised, class, scheme);
        if let Some(Way::Lookup(_, fingerprint) | Way::Tries(_, fingerprint)) =
            lists.way(value, &recognised, class, scheme)
        {
            let then = known(vec![fingerprint]).judge(value, &recognised, class, scheme);
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
        check(WORDS, &md5, Declared::Auto, not(UnjudgedReason::NoScheme));
        check(
            WORDS,
            "what is this",
            Declared::Auto,
            not(UnjudgedReason::NoScheme),
        );
        check(WORDS, bcrypt, Declared::Auto, not(UnjudgedReason::Slow));
        check(WORDS, ssha, Declared::Auto, not(UnjudgedReason::TimeOver));
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
        check(
            PWNED,
            &md5,
            declared(Scheme::MD5),
            not(UnjudgedReason::OtherList),
        );
        check(PWNED, ssha, Declared::Auto, not(UnjudgedReason::OtherList));
        check(
            Lists::default(),
            &md5,
            declared(Scheme::MD5),
            not(UnjudgedReason::NoList),
        );
    }
}
