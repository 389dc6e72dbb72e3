//! Why a decision is what it is, as a word for machines and as a few words for tables.

use std::fmt;

/// Why a row is treated as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Reason {
    /// A rule says so.
    Rule,
    /// A rule's deadline has passed.
    Deadline,
    /// The default for a column that is declared plaintext.
    Plaintext,
    /// The default for a value from which the password can be read back.
    Reversible,
    /// The default for a weak hash whose scheme is declared or proven.
    Weak,
    /// There is no value.
    Null,
    /// The value is the empty string.
    Empty,
    /// The account is locked by a marker.
    Locked,
    /// It is one of saltern's wrapped values.
    Wrapped,
    /// It is as strong as the target.
    Strong,
    /// It is a slow hash, weaker than the target, which is wrapped only where a rule asks for it.
    Slow,
    /// It is weak, and two schemes write such strings. It is wrapped only where a rule asks for it.
    Guessed,
    /// The value is not recognised.
    Unknown,
    /// It would be wrapped, but its scheme is neither declared nor proven.
    Unproven,
    /// It would be wrapped, but the proof of its column does not hold for its part of the rows.
    Uncovered,
    /// It would be wrapped, but this version has no wrap for its scheme.
    NoWrapYet,
    /// It is an answer, and nothing is left of it after normalising.
    EmptyAnswer,
    /// It is in a plaintext column and looks like a hash.
    LooksHashed,
    /// It can't be decoded.
    Undecodable,
    /// It is too long for any hash.
    TooLong,
    /// It is not what another column of its row says.
    Contradiction,
    /// The application's column already says that the password must be changed.
    MustChange,
    /// The credential's `except` is true for the row, whatever a rule says.
    Excepted,
}

impl Reason {
    /// Every reason.
    pub const ALL: [Self; 23] = [
        Self::Rule,
        Self::Deadline,
        Self::Plaintext,
        Self::Reversible,
        Self::Weak,
        Self::Null,
        Self::Empty,
        Self::Locked,
        Self::Wrapped,
        Self::Strong,
        Self::Slow,
        Self::Guessed,
        Self::Unknown,
        Self::Unproven,
        Self::Uncovered,
        Self::NoWrapYet,
        Self::EmptyAnswer,
        Self::LooksHashed,
        Self::Undecodable,
        Self::TooLong,
        Self::Contradiction,
        Self::MustChange,
        Self::Excepted,
    ];

    /// The one word for machines.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Rule => "rule",
            Self::Deadline => "deadline",
            Self::Plaintext => "plaintext",
            Self::Reversible => "reversible",
            Self::Weak => "weak",
            Self::Null => "null",
            Self::Empty => "empty",
            Self::Locked => "locked",
            Self::Wrapped => "wrapped",
            Self::Strong => "strong",
            Self::Slow => "slow",
            Self::Guessed => "guessed",
            Self::Unknown => "unknown",
            Self::Unproven => "unproven",
            Self::Uncovered => "uncovered",
            Self::NoWrapYet => "no-wrap-yet",
            Self::EmptyAnswer => "empty-answer",
            Self::LooksHashed => "looks-hashed",
            Self::Undecodable => "undecodable",
            Self::TooLong => "too-long",
            Self::Contradiction => "contradiction",
            Self::MustChange => "must-change",
            Self::Excepted => "excepted",
        }
    }

    /// The few words for people.
    pub fn explain(self) -> &'static str {
        match self {
            Self::Rule => "a rule says so",
            Self::Deadline => "the rule's deadline has passed",
            Self::Plaintext => "a password in the clear is hashed by default",
            Self::Reversible => "a password that can be read back is hashed by default",
            Self::Weak => "a weak hash is wrapped by default",
            Self::Null => "there is no password",
            Self::Empty => "the password is empty",
            Self::Locked => "the account is locked",
            Self::Wrapped => "wrapped; the next login makes it native",
            Self::Strong => "as strong as the target",
            Self::Slow => "weaker than the target; only a rule wraps it",
            Self::Guessed => "Django's or Werkzeug's; only a rule wraps it",
            Self::Unknown => "not recognised",
            Self::Unproven => "scheme neither declared nor proven",
            Self::Uncovered => "the proof does not hold for this part of the rows",
            Self::NoWrapYet => "this version can't wrap its scheme",
            Self::EmptyAnswer => "nothing is left of the answer after normalising",
            Self::LooksHashed => "looks like a hash in a plaintext column",
            Self::Undecodable => "can't be decoded",
            Self::TooLong => "too long",
            Self::Contradiction => "not what the row's format column says",
            Self::MustChange => "its user must change it at the next login already",
            Self::Excepted => "the credential excepts the row",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_two_reasons_share_a_word() {
        let words: HashSet<_> = Reason::ALL.iter().map(|reason| reason.as_str()).collect();
        assert_eq!(words.len(), Reason::ALL.len());
    }

    #[test]
    fn every_explanation_fits_a_table() {
        for reason in Reason::ALL {
            assert!((1..=56).contains(&reason.explain().len()), "{reason}");
        }
    }
}
