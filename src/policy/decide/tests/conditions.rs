//! What a rule matches.

use super::*;

#[test]
fn the_parts_of_a_when_are_anded_and_lists_are_ored() {
    let both = |when: &mut When| {
        when.classes = vec![Class::Weak, Class::Slow];
        when.schemes = vec![Scheme::SHA1, Scheme::MD5];
    };
    check(
        vec![when(both, Action::Quarantine)],
        MD5,
        (Action::Quarantine, Reason::Rule, Some(0)),
    );
    check(
        vec![when(both, Action::Quarantine)],
        SLOW,
        (Action::Keep, Reason::Slow, None),
    );
}

#[test]
fn a_rule_for_another_credential_does_not_match() {
    let other = |when: &mut When| when.credentials = vec!["kids".to_owned()];
    check(
        vec![when(other, Action::Keep)],
        MD5,
        (Action::Wrap, Reason::Weak, None),
    );
}

#[test]
fn weak_parameters_asks_only_what_has_parameters() {
    let rules = |weak| {
        vec![when(
            |when| when.weak_parameters = Some(weak),
            Action::Quarantine,
        )]
    };
    for recognised in everything() {
        let hit = |weak| decided(rules(weak), &facts(&recognised)).rule == Some(0);
        let has = matches!(
            recognised,
            Recognised::Native { .. } | Recognised::Wrapped { .. }
        );
        assert_eq!(hit(true) || hit(false), has, "{recognised:?}");
        assert!(!(hit(true) && hit(false)), "{recognised:?}");
    }
    check(
        rules(true),
        SLOW,
        (Action::Quarantine, Reason::Rule, Some(0)),
    );
    check(
        rules(false),
        STRONG,
        (Action::Quarantine, Reason::Rule, Some(0)),
    );
}

#[test]
fn wrapped_asks_for_wrapped_values_and_then_the_scheme_is_the_inner_one() {
    let rules = |wrapped, scheme| {
        let set = |when: &mut When| {
            when.wrapped = wrapped;
            when.schemes = vec![scheme];
        };
        vec![when(set, Action::Quarantine)]
    };
    check(
        rules(Some(true), Scheme::MD5),
        wrapped(),
        (Action::Quarantine, Reason::Rule, Some(0)),
    );
    check(
        rules(Some(true), Scheme::ARGON2ID),
        wrapped(),
        (Action::Keep, Reason::Wrapped, None),
    );
    check(
        rules(None, Scheme::ARGON2ID),
        wrapped(),
        (Action::Quarantine, Reason::Rule, Some(0)),
    );
    check(
        rules(None, Scheme::MD5),
        wrapped(),
        (Action::Keep, Reason::Wrapped, None),
    );
    check(
        rules(Some(false), Scheme::MD5),
        MD5,
        (Action::Quarantine, Reason::Rule, Some(0)),
    );
}

fn check_last_login(last_login: LastLogin, matches: bool) {
    let stale = |when: &mut When| when.last_login_before = Age::parse("2y");
    let facts = Facts {
        last_login,
        ..facts(&MD5)
    };
    let decision = decided(vec![when(stale, Action::Quarantine)], &facts);
    assert_eq!(
        decision.action == Action::Quarantine,
        matches,
        "{last_login:?}"
    );
}

#[test]
fn a_last_login_before_matches_what_is_older_or_never_was() {
    check_last_login(LastLogin::At(NOW - 731 * DAY), true);
    check_last_login(LastLogin::At(NOW - 730 * DAY), false);
    check_last_login(LastLogin::At(NOW), false);
    check_last_login(LastLogin::Never, true);
}

#[test]
fn what_was_not_judged_is_neither_known_nor_unknown() {
    for (known, asked, matches) in [
        (Some(true), true, true),
        (Some(true), false, false),
        (Some(false), true, false),
        (Some(false), false, true),
        (None, true, false),
        (None, false, false),
    ] {
        let facts = Facts {
            known,
            ..facts(&MD5)
        };
        let asks = |when: &mut When| when.known = Some(asked);
        let decision = decided(vec![when(asks, Action::Quarantine)], &facts);
        assert_eq!(decision.action == Action::Quarantine, matches, "{known:?}");
        // A wrapped one, by the ledger's verdict, at the deadline of a rule that wraps.
        let wrapped = wrapped();
        let facts = Facts {
            known,
            ..self::facts(&wrapped)
        };
        let mut due = waiting(Action::Wrap, Then::Reset, Some(0));
        due.when.known = Some(asked);
        assert_eq!(decided(vec![due], &facts).due, matches, "{known:?}");
    }
}

#[test]
fn a_last_login_that_is_not_known_matches_no_age() {
    check_last_login(LastLogin::Unknown, false);
}
