//! When the hits of one scheme prove it, and when they speak against another.
//!
//! Anybody can open a few accounts. What they can choose must neither stop a migration nor give it
//! another scheme's name.

use super::words::{HANDFUL, HITS_MIN, WORDS_MIN};
use crate::scheme::Scheme;

/// The hits of one scheme.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct SchemeHits {
    pub(super) scheme: Scheme,
    /// Rows that were looked at.
    pub(super) rows: f64,
    /// Rows that hold the digest of a common password.
    pub(super) hits: f64,
    /// How many different words these are.
    pub(super) words: u64,
}

/// A handful of words proves a scheme only where one row in so many is a hit. People choose common
/// passwords more often; somebody with five accounts in a large table does not get there.
const ROWS_A_HIT: f64 = 200.0;

/// What others can choose counts only above this share of the other scheme's hits.
const CHOSEN_SHARE: f64 = 0.01;

/// With fewer times a rival's hits than this, no scheme leads.
const LEAD: f64 = 5.0;

impl SchemeHits {
    /// Whether these hits are enough for a proof, if nothing speaks against it.
    pub(super) fn is_enough(&self) -> bool {
        self.has_hits() && (self.words > HANDFUL || self.hits * ROWS_A_HIT >= self.rows)
    }

    /// Whether these hits speak against a proof of the other scheme.
    ///
    /// Hits that users of the other scheme can make by what they choose need more words than a
    /// handful, and more than a hundredth of the other scheme's hits. Other hits can't be made so:
    /// they are another scheme's rows. One word alone never speaks against a proof.
    pub(super) fn speaks_against(&self, leader: &Self) -> bool {
        let rate = |of: &Self| of.hits / of.rows.max(1.0);
        if leader.scheme.reaches(self.scheme) {
            self.words > HANDFUL && rate(self) > CHOSEN_SHARE * rate(leader)
        } else {
            self.has_hits() || LEAD * rate(self) > rate(leader)
        }
    }

    /// How it is ordered among others: by words first, because one word may be one person's.
    pub(super) fn order(&self) -> (u64, u64) {
        (self.words, self.hits as u64)
    }

    fn has_hits(&self) -> bool {
        self.hits >= HITS_MIN as f64 && self.words >= WORDS_MIN
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(scheme: Scheme, hits: f64, words: u64) -> SchemeHits {
        SchemeHits {
            scheme,
            rows: 20_000.0,
            hits,
            words,
        }
    }

    #[test]
    fn five_accounts_in_a_large_table_prove_nothing_and_stop_nothing() {
        let five = of(Scheme::MD5, 5.0, 5);
        assert!(!five.is_enough());
        assert!(!five.speaks_against(&of(Scheme::MD5_UP, 900.0, 300)));
        assert!(!five.speaks_against(&of(Scheme::MD5_UP, 20.0, 12)));
        assert!(!of(Scheme::MD5_MD5, 5.0, 5).speaks_against(&of(Scheme::MD5, 900.0, 300)));
    }

    #[test]
    fn hits_that_nobody_can_choose_speak_by_their_words() {
        let leader = of(Scheme::MD5, 900.0, 300);
        assert!(of(Scheme::NTLM, 3.0, 2).speaks_against(&leader));
        assert!(!of(Scheme::NTLM, 90.0, 1).speaks_against(&leader));
        assert!(!of(Scheme::NTLM, 2.0, 2).speaks_against(&leader));
        assert!(of(Scheme::NTLM, 1.0, 1).speaks_against(&of(Scheme::MD5, 4.0, 4)));
    }

    #[test]
    fn a_real_mixture_speaks_in_every_pair() {
        for (one, two) in [
            (Scheme::MD5, Scheme::MD5_MD5),
            (Scheme::MD5, Scheme::NTLM),
            (Scheme::MD5_UP, Scheme::MD5),
            (Scheme::MD5_SP, Scheme::VBULLETIN),
        ] {
            let (one, two) = (of(one, 900.0, 300), of(two, 40.0, 30));
            assert!(two.speaks_against(&one) && one.speaks_against(&two));
        }
    }

    #[test]
    fn a_small_table_is_proven_by_three_hits() {
        let small = SchemeHits {
            rows: 60.0,
            ..of(Scheme::MD5, 3.0, 2)
        };
        assert!(small.is_enough());
    }
}
