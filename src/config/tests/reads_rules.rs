//! What a rule may say.

use super::*;

#[test]
fn every_part_of_a_rules_condition_is_read() {
    let settings = settings(&with(
        "last_login = 'seen'\n[[rule]]\nname = 'stale'\ndo = 'quarantine'\n[rule.when]\ncredential = 'parents'\n\
         scheme = ['md5', 'sha1']\nclass = ['weak', 'slow']\nlast_login_before = '2y'\nweak_parameters = true\nwrapped = false",
    ));
    let rule = settings.rules.get(0).expect("there is a rule");
    assert_eq!(rule.name.as_deref(), Some("stale"));
    assert_eq!(rule.action, Action::Quarantine);
    assert_eq!(rule.when.credentials, ["parents"]);
    assert_eq!(rule.when.schemes, [Scheme::MD5, Scheme::SHA1]);
    assert_eq!(rule.when.classes, [Class::Weak, Class::Slow]);
    assert_eq!(rule.when.last_login_before, Age::parse("2y"));
    assert_eq!(rule.when.weak_parameters, Some(true));
    assert_eq!(rule.when.wrapped, Some(false));
}

#[test]
fn a_rule_without_when_matches_all() {
    let settings = settings(&with("[[rule]]\ndo = 'keep'"));
    assert_eq!(
        settings.rules.get(0).expect("there is a rule").when,
        Default::default()
    );
}

#[test]
fn every_action_can_be_written() {
    for action in Action::ALL {
        let brake = if action == Action::Reset {
            "\nmax_rows = 5"
        } else {
            ""
        };
        let settings = settings(&with(&format!("[[rule]]\ndo = '{action}'{brake}")));
        assert_eq!(
            settings.rules.get(0).expect("there is a rule").action,
            action
        );
    }
}

#[test]
fn a_deadline_ends_in_a_reset_unless_then_says_otherwise() {
    for action in ["on-login", "wrap"] {
        let settings = settings(&with(&format!(
            "[[rule]]\nname = 'wait'\ndo = '{action}'\ndeadline = '180d'\nmax_rows = 1000"
        )));
        let rule = settings.rules.get(0).expect("there is a rule");
        assert_eq!(rule.deadline.map(|d| d.then), Some(Then::Reset));
        assert_eq!(rule.max_rows, Some(1_000));
    }
}

#[test]
fn an_on_login_rule_may_end_in_a_wrap() {
    let settings = settings(&with(
        "[[rule]]\nname = 'wait'\nwhen.class = 'weak'\ndo = 'on-login'\ndeadline = '180d'\nthen = 'wrap'\nsince = '2026-01-01'",
    ));
    let deadline = settings
        .rules
        .get(0)
        .and_then(|rule| rule.deadline)
        .expect("there is a deadline");
    assert_eq!(Some(deadline.after), Age::parse("180d"));
    assert_eq!(deadline.then, Then::Wrap);
    assert_eq!(deadline.since_ms, Some(1_767_225_600_000));
}

#[test]
fn a_date_may_be_tomls_own() {
    let settings = settings(&with(
        "[[rule]]\nname = 'wait'\ndo = 'on-login'\ndeadline = '180d'\nthen = 'wrap'\nsince = 2026-01-01",
    ));
    let deadline = settings
        .rules
        .get(0)
        .and_then(|rule| rule.deadline)
        .expect("there is a deadline");
    assert_eq!(deadline.since_ms, Some(1_767_225_600_000));
}
