//! The rules in their order, and what they ask of a run.
//!
//! Which rows a rule matches is in `when`, and what is done with a row in `decide`.

use super::when::When;
use crate::policy::{Action, Age};

/// The rules in the order of the file; the first that matches decides.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rules(Vec<Rule>);

/// One rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its name; a rule with a deadline has one.
    pub name: Option<String>,
    /// Which rows it matches.
    pub when: When,
    /// What is done with them.
    pub action: Action,
    /// Until when rows wait for their logins.
    pub deadline: Option<Deadline>,
    /// The most rows that it may reset. Every rule that resets has it.
    pub max_rows: Option<u64>,
    /// Whether its resets are soft ([`ResetMode::Soft`]).
    pub soft: bool,
}

/// The end of waiting for logins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadline {
    /// How long after the start of the clock.
    pub after: Age,
    /// What is done then with the rows that still match.
    pub then: Then,
    /// The start of the clock set by hand, in milliseconds of UTC. Without it the ledger keeps one.
    pub since_ms: Option<i64>,
}

/// What a deadline ends in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Then {
    /// The row is reset.
    Reset,
    /// The stored hash is wrapped.
    Wrap,
}

/// What a reset does to the value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ResetMode {
    /// The value becomes a dead one.
    #[default]
    Hard,
    /// The value stays for the one login that must change it.
    Soft,
}

impl Rules {
    /// The rules in their order.
    pub fn new(rules: Vec<Rule>) -> Self {
        Self(rules)
    }

    /// Every rule with its number in the file, from 0.
    pub fn iter(&self) -> impl Iterator<Item = (usize, &Rule)> {
        self.0.iter().enumerate()
    }

    /// The rule of that number.
    pub fn get(&self, number: usize) -> Option<&Rule> {
        self.0.get(number)
    }

    /// What a rule is called in tables: its name, or its number in the file, from 1.
    pub fn label(&self, number: usize) -> String {
        let name = self.get(number).and_then(|rule| rule.name.clone());
        name.unwrap_or_else(|| format!("rule {}", number + 1))
    }

    /// The same rules without their limits on resets.
    pub fn without_reset_limits(&self) -> Self {
        let mut rules = self.clone();
        for rule in &mut rules.0 {
            rule.max_rows = None;
        }
        rules
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The names of the rules whose clock the ledger starts for a credential, at the first run that
    /// writes.
    pub fn clocks<'r>(&'r self, credential: &'r str) -> impl Iterator<Item = &'r str> {
        self.0.iter().filter_map(move |rule| {
            let by_hand = rule.deadline?.since_ms.is_some();
            if by_hand || !rule.when.names(credential) {
                None
            } else {
                rule.name.as_deref()
            }
        })
    }

    /// Whether a rule wraps rows now and at its deadline resets those that are still wrapped.
    pub fn wraps_first(&self, number: usize) -> bool {
        self.get(number)
            .is_some_and(|rule| rule.action == Action::Wrap && rule.resets())
    }

    /// Whether any rule resets rows of a credential, now or at its deadline.
    pub fn resets(&self, credential: &str) -> bool {
        self.resets_by(credential, ResetMode::Hard) || self.resets_by(credential, ResetMode::Soft)
    }

    /// Whether any rule resets rows of a credential in that mode.
    pub fn resets_by(&self, credential: &str, mode: ResetMode) -> bool {
        self.0
            .iter()
            .any(|rule| rule.resets() && rule.reset_mode() == mode && rule.when.names(credential))
    }

    /// How a rule resets; hard for a number that no rule has.
    pub fn reset_mode(&self, number: usize) -> ResetMode {
        self.get(number).map_or(ResetMode::Hard, Rule::reset_mode)
    }

    /// The rules for which rows of a credential may wait, with their numbers: rules that leave rows
    /// to their logins, and rules with a deadline.
    pub fn waited_for(&self, credential: &str) -> impl Iterator<Item = (usize, &Rule)> {
        self.iter().filter(move |(_, rule)| {
            (rule.action == Action::OnLogin || rule.deadline.is_some())
                && rule.when.names(credential)
        })
    }

    /// Whether any rule asks for the last login, so that it must be read with the row.
    pub fn asks_last_login(&self) -> bool {
        self.0
            .iter()
            .any(|rule| rule.when.last_login_before.is_some())
    }

    /// Whether any rule asks if a password is known.
    pub fn asks_known(&self) -> bool {
        self.0.iter().any(|rule| rule.when.known.is_some())
    }
}

impl Rule {
    /// How it resets, where it resets at all.
    pub fn reset_mode(&self) -> ResetMode {
        if self.soft {
            ResetMode::Soft
        } else {
            ResetMode::Hard
        }
    }

    /// Whether it resets rows, now or at its deadline.
    pub fn resets(&self) -> bool {
        self.action == Action::Reset
            || self
                .deadline
                .is_some_and(|deadline| deadline.then == Then::Reset)
    }

    /// Whether time decides which rows it resets, or when it resets them.
    pub fn resets_by_time(&self) -> bool {
        self.resets() && (self.deadline.is_some() || self.when.last_login_before.is_some())
    }
}

impl Then {
    /// Every end of a deadline.
    pub const ALL: [Self; 2] = [Self::Reset, Self::Wrap];

    /// The name, as the configuration spells it.
    pub fn as_str(self) -> &'static str {
        self.action().as_str()
    }

    /// The end of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|then| then.as_str() == name)
    }

    /// The action that it comes to.
    pub fn action(self) -> Action {
        match self {
            Self::Reset => Action::Reset,
            Self::Wrap => Action::Wrap,
        }
    }
}

impl ResetMode {
    /// Every mode.
    pub const ALL: [Self; 2] = [Self::Hard, Self::Soft];

    /// The word in the ledger and in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Hard => "hard",
            Self::Soft => "soft",
        }
    }

    /// The mode of that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.as_str() == word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Normalize;

    fn rule(name: Option<&str>, since_ms: Option<i64>) -> Rule {
        let after = Age::parse("90d").expect("an age");
        Rule {
            name: name.map(str::to_owned),
            when: When {
                credentials: vec!["parents".to_owned()],
                ..When::default()
            },
            action: Action::OnLogin,
            deadline: name.map(|_| Deadline {
                after,
                then: Then::Wrap,
                since_ms,
            }),
            max_rows: None,
            soft: false,
        }
    }

    #[test]
    fn every_word_is_read_as_it_is_written() {
        for action in Action::ALL {
            assert_eq!(Action::parse(action.as_str()), Some(action));
        }
        for then in Then::ALL {
            assert_eq!(Then::parse(then.as_str()), Some(then));
        }
        for mode in ResetMode::ALL {
            assert_eq!(ResetMode::parse(mode.as_str()), Some(mode));
        }
        for normalize in Normalize::ALL {
            assert_eq!(Normalize::parse(normalize.as_str()), Some(normalize));
        }
    }

    #[test]
    fn a_clock_is_the_ledgers_unless_it_is_set_by_hand() {
        let rules = Rules::new(vec![
            rule(Some("kept"), None),
            rule(Some("by hand"), Some(0)),
            rule(None, None),
        ]);
        assert_eq!(rules.clocks("parents").collect::<Vec<_>>(), ["kept"]);
        assert_eq!(rules.clocks("kids").count(), 0);
    }

    #[test]
    fn a_rule_is_called_by_its_name_or_its_number_from_one() {
        let rules = Rules::new(vec![rule(Some("stale"), None), rule(None, None)]);
        assert_eq!(rules.label(0), "stale");
        assert_eq!(rules.label(1), "rule 2");
    }

    #[test]
    fn the_last_login_is_asked_for_by_any_rule() {
        let mut asks = rule(None, None);
        assert!(!Rules::new(vec![asks.clone()]).asks_last_login());
        asks.when.last_login_before = Age::parse("2y");
        assert!(Rules::new(vec![rule(None, None), asks]).asks_last_login());
    }
}
