//! For which rule a row waits.

use super::*;

fn check_waits(
    rules: Vec<Rule>,
    recognised: Recognised<'_>,
    started: i64,
    expected: Option<usize>,
) {
    let mut deadlines = Deadlines::new();
    deadlines.start("parents", "r", started);
    let waits = waits_for(&Rules::new(rules), &facts(&recognised), NOW, &deadlines);
    assert_eq!(waits, expected, "{recognised:?}");
}

#[test]
fn a_row_waits_for_the_rule_that_leaves_it_to_its_login_before_its_deadline_and_after() {
    let on_login = || vec![waiting(Action::OnLogin, Then::Reset, None)];
    for started in [NOW, 0] {
        check_waits(on_login(), MD5, started, Some(0));
        check_waits(on_login(), STRONG, started, None);
        check_waits(on_login(), Recognised::Null, started, None);
        check_waits(on_login(), Recognised::TooLong, started, None);
    }
    check_waits(vec![rule(Action::OnLogin)], MD5, NOW, Some(0));
    check_waits(
        vec![rule(Action::Keep), rule(Action::OnLogin)],
        MD5,
        NOW,
        None,
    );
}

#[test]
fn what_a_rule_has_wrapped_waits_for_its_deadline_and_what_it_will_wrap_does_not() {
    let grace = || vec![waiting(Action::Wrap, Then::Reset, None)];
    check_waits(grace(), wrapped(), NOW, Some(0));
    check_waits(grace(), MD5, NOW, None);
    check_waits(vec![rule(Action::Wrap)], wrapped(), NOW, None);
}

#[test]
fn of_two_deadlines_a_row_waits_for_the_earlier() {
    let mut later = waiting(Action::Wrap, Then::Reset, None);
    later.name = Some("later".to_owned());
    let sooner = waiting(Action::Wrap, Then::Reset, None);
    check_waits(vec![later, sooner], wrapped(), NOW - 1, Some(1));
}
