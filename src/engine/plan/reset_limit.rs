//! The limit of a rule that resets. Where more rows match than `max_rows`, nothing is reset. Rows
//! that match only later are never reset beyond it.

use crate::engine::refusal::Refusal;
use crate::engine::scan::column::ColumnScan;
use crate::policy::Rules;

/// How many rows each rule may still reset in a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ResetLimits(Vec<RuleLimit>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct RuleLimit {
    /// None where the rule resets nothing.
    left: Option<u64>,
    /// Rows that were passed over because none was left.
    held: u64,
}

impl ResetLimits {
    /// The limits of the rules. `before` is how many rows each has reset in this run already, by
    /// its label.
    pub(crate) fn new(rules: &Rules, before: &[(String, u64)]) -> Self {
        let one = |(number, rule): (usize, &crate::policy::Rule)| {
            let label = rules.label(number);
            let done = before.iter().find(|(of, _)| *of == label);
            let done = done.map_or(0, |(_, rows)| *rows);
            RuleLimit {
                left: rule.max_rows.map(|most| most.saturating_sub(done)),
                held: 0,
            }
        };
        Self(rules.iter().map(one).collect())
    }

    /// Whether a rule may reset no more; a row that it would have reset is counted then.
    pub(crate) fn is_held(&mut self, rule: usize) -> bool {
        let Some(rule) = self.0.get_mut(rule) else {
            return false;
        };
        let held = rule.left == Some(0);
        rule.held += u64::from(held);
        held
    }

    /// Takes one row from what a rule may reset.
    pub(crate) fn take(&mut self, rule: usize) {
        if let Some(left) = self.0.get_mut(rule).and_then(|rule| rule.left.as_mut()) {
            *left = left.saturating_sub(1);
        }
    }

    /// What the operator should know of rows that were passed over; none where there are none.
    pub(crate) fn words(&self, rules: &Rules) -> Option<String> {
        let held = |(number, rule): (usize, &RuleLimit)| {
            (rule.held > 0).then(|| format!("{} of {}", rule.held, rules.label(number)))
        };
        let held: Vec<String> = self.0.iter().enumerate().filter_map(held).collect();
        (!held.is_empty()).then(|| {
            format!(
                "rows that matched only while the run was on were not reset, because `max_rows` was reached: {}; the next run counts them anew",
                held.join(", ")
            )
        })
    }
}

/// Rules that would reset more rows than they may.
pub(crate) fn over_limit(rules: &Rules, columns: &[ColumnScan]) -> Vec<Refusal> {
    rules
        .iter()
        .filter_map(|(number, rule)| {
            let most = rule.max_rows?;
            let rows: u64 = columns.iter().map(|scan| scan.resets_by(number)).sum();
            (rows > most).then(|| Refusal {
                what: format!(
                    "rule {}: {rows} rows would be reset, and its `max_rows` is {most}",
                    rules.label(number)
                ),
                hint: "look at `saltern plan`; if it is as many as you mean, raise `max_rows`"
                    .to_owned(),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{Action, Rule, When};

    fn rules(max_rows: Option<u64>) -> Rules {
        Rules::new(vec![Rule {
            name: Some("leaked".to_owned()),
            when: When::default(),
            action: Action::Reset,
            deadline: None,
            max_rows,
            soft: false,
        }])
    }

    #[test]
    fn what_a_run_has_reset_before_it_was_killed_counts() {
        let mut reset_limits = ResetLimits::new(&rules(Some(3)), &[("leaked".to_owned(), 2)]);
        assert!(!reset_limits.is_held(0));
        reset_limits.take(0);
        assert!(reset_limits.is_held(0) && reset_limits.is_held(0));
        let words = reset_limits
            .words(&rules(Some(3)))
            .expect("rows were passed over");
        assert!(words.contains("2 of leaked"), "{words}");
    }

    #[test]
    fn a_rule_without_a_brake_is_never_held() {
        let mut reset_limits = ResetLimits::new(&rules(None), &[]);
        reset_limits.take(0);
        assert!(!reset_limits.is_held(0) && !reset_limits.is_held(7));
        assert_eq!(reset_limits.words(&rules(None)), None);
    }
}
