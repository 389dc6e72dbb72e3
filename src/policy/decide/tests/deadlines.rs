//! What a deadline does before and after it has passed.

use super::*;

fn check_deadline(
    rule: Rule,
    recognised: Recognised<'_>,
    started: Option<i64>,
    expected: (Action, bool, Reason),
) {
    let mut deadlines = Deadlines::new();
    if let Some(at) = started {
        deadlines.start("parents", "r", at);
    }
    let decision = decide(
        &Rules::new(vec![rule]),
        &facts(&recognised),
        NOW,
        &deadlines,
    );
    assert_eq!(
        (decision.action, decision.due, decision.reason),
        expected,
        "{recognised:?}"
    );
}

#[test]
fn before_its_clock_has_started_no_rule_is_due() {
    let rule = waiting(Action::OnLogin, Then::Wrap, None);
    check_deadline(rule, MD5, None, (Action::OnLogin, false, Reason::Rule));
}

#[test]
fn a_rule_is_due_when_the_whole_span_has_passed() {
    let rule = waiting(Action::OnLogin, Then::Wrap, None);
    let at = NOW - 180 * DAY;
    check_deadline(
        rule.clone(),
        MD5,
        Some(at + 1),
        (Action::OnLogin, false, Reason::Rule),
    );
    check_deadline(rule, MD5, Some(at), (Action::Wrap, true, Reason::Deadline));
}

#[test]
fn a_clock_set_by_hand_wins_over_the_ledgers() {
    let rule = waiting(Action::OnLogin, Then::Wrap, Some(NOW - 200 * DAY));
    check_deadline(rule, MD5, Some(NOW), (Action::Wrap, true, Reason::Deadline));
}

#[test]
fn a_clock_that_runs_is_not_moved() {
    let mut deadlines = Deadlines::new();
    deadlines.start("parents", "r", 1);
    deadlines.start("parents", "r", 2);
    assert_eq!(deadlines.started("parents", "r"), Some(1));
    assert_eq!(deadlines.started("kids", "r"), None);
}

#[test]
fn a_due_reset_takes_every_row_that_still_matches() {
    let rule = waiting(Action::OnLogin, Then::Reset, Some(0));
    check_deadline(
        rule.clone(),
        MD5,
        None,
        (Action::Reset, true, Reason::Deadline),
    );
    check_deadline(
        rule,
        Recognised::Null,
        None,
        (Action::Keep, false, Reason::Null),
    );
}

#[test]
fn a_due_wrap_keeps_what_is_not_proven_and_says_so() {
    let rule = waiting(Action::OnLogin, Then::Wrap, Some(0));
    check_deadline(rule, HEX32, None, (Action::Keep, true, Reason::Unproven));
}

#[test]
fn a_due_wrap_passes_over_what_cannot_be_wrapped() {
    let rule = waiting(Action::OnLogin, Then::Wrap, Some(0));
    check_deadline(
        rule.clone(),
        Recognised::Plaintext(b"a"),
        None,
        (Action::Rehash, false, Reason::Plaintext),
    );
    check_deadline(
        rule,
        wrapped(),
        None,
        (Action::Keep, false, Reason::Wrapped),
    );
}

#[test]
fn a_deadline_on_a_wrap_rule_takes_what_is_still_wrapped() {
    let mut rule = waiting(Action::Wrap, Then::Reset, Some(0));
    rule.when.classes = vec![Class::Weak];
    rule.when.schemes = vec![Scheme::MD5];
    check_deadline(
        rule.clone(),
        wrapped(),
        None,
        (Action::Reset, true, Reason::Deadline),
    );
    check_deadline(rule.clone(), MD5, None, (Action::Wrap, false, Reason::Rule));
    rule.deadline = None;
    check_deadline(
        rule,
        wrapped(),
        None,
        (Action::Keep, false, Reason::Wrapped),
    );
}

#[test]
fn a_due_reset_leaves_alone_who_has_logged_in_since() {
    for action in [Action::OnLogin, Action::Wrap] {
        let rule = waiting(action, Then::Reset, Some(0));
        check_deadline(rule, STRONG, None, (Action::Keep, false, Reason::Strong));
    }
}
