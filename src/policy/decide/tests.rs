//! One fact a test, on every kind of value.

use super::*;
use crate::policy::{
    Action, Age, Deadline, Deadlines, Facts, LastLogin, Normalize, Reason, Rule, Rules, Target,
    Then, When,
};
use crate::scheme::{Argon2Variant, Class, InnerId, Prf, Recognised, Scheme, Shape, Strength};

mod answers;
mod conditions;
mod deadlines;
mod waits;

const DAY: i64 = 86_400_000;
const NOW: i64 = 20_000 * DAY;
const TARGET: Strength = argon2(19_456);

const fn argon2(memory_kib: u32) -> Strength {
    Strength::Argon2 {
        variant: Argon2Variant::Id,
        memory_kib,
        iterations: 2,
        parallelism: 1,
    }
}

const MD5: Recognised<'_> = Recognised::Digest {
    shape: Shape::Hex32,
    scheme: Some(Scheme::MD5),
};
const HEX32: Recognised<'_> = Recognised::Digest {
    shape: Shape::Hex32,
    scheme: None,
};
const STRONG: Recognised<'_> = Recognised::Native {
    scheme: Scheme::ARGON2ID,
    params: TARGET,
};
const SLOW: Recognised<'_> = Recognised::Native {
    scheme: Scheme::ARGON2ID,
    params: argon2(64),
};
const SSHA: Recognised<'_> = Recognised::Native {
    scheme: Scheme::LDAP_SSHA,
    params: Strength::Fast,
};

const NOOP: Recognised<'_> = Recognised::Native {
    scheme: Scheme::SPRING_NOOP,
    params: Strength::Fast,
};

fn wrapped() -> Recognised<'static> {
    Recognised::Wrapped {
        outer: Scheme::ARGON2ID,
        inner: InnerId::parse("md5").expect("a good id"),
        params: TARGET,
    }
}

/// One of everything that a value can be.
fn everything() -> Vec<Recognised<'static>> {
    vec![
        Recognised::Null,
        Recognised::Empty,
        Recognised::Marker("*LK*"),
        Recognised::Dead,
        wrapped(),
        STRONG,
        SLOW,
        SSHA,
        NOOP,
        MD5,
        HEX32,
        Recognised::Plaintext(b"hunter2"),
        Recognised::LooksHashed,
        Recognised::Undecodable,
        Recognised::TooLong,
        Recognised::Unknown,
    ]
}

fn facts<'a>(recognised: &'a Recognised<'a>) -> Facts<'a> {
    Facts::new("parents", recognised, &Target::default(), None)
}

fn rule(action: Action) -> Rule {
    Rule {
        name: Some("r".to_owned()),
        when: When::default(),
        action,
        deadline: None,
        max_rows: None,
        soft: false,
    }
}

fn waiting(action: Action, then: Then, since_ms: Option<i64>) -> Rule {
    let after = Age::parse("180d").expect("an age");
    Rule {
        deadline: Some(Deadline {
            after,
            then,
            since_ms,
        }),
        ..rule(action)
    }
}

fn when(set: impl FnOnce(&mut When), action: Action) -> Rule {
    let mut rule = rule(action);
    set(&mut rule.when);
    rule
}

fn decided(rules: Vec<Rule>, facts: &Facts<'_>) -> Decision {
    decide(&Rules::new(rules), facts, NOW, &Deadlines::new())
}

/// What is decided for a value: action, reason, number of the rule.
fn check(rules: Vec<Rule>, recognised: Recognised<'_>, expected: (Action, Reason, Option<usize>)) {
    let decision = decided(rules, &facts(&recognised));
    assert_eq!(
        (decision.action, decision.reason, decision.rule),
        expected,
        "{recognised:?}"
    );
}

#[test]
fn what_two_schemes_write_alike_is_wrapped_only_where_a_rule_says_so() {
    for scheme in [
        Scheme::DJANGO_MD5,
        Scheme::DJANGO_SHA1,
        Scheme::WERKZEUG_HMAC,
    ] {
        let guess = Recognised::Native {
            scheme,
            params: Strength::Fast,
        };
        check(Vec::new(), guess, (Action::Keep, Reason::Guessed, None));
        let asked = when(|when| when.schemes = vec![scheme], Action::Wrap);
        check(vec![asked], guess, (Action::Wrap, Reason::Rule, Some(0)));
    }
}

#[test]
fn the_defaults_write_plaintext_and_weak_and_keep_the_rest() {
    use Action::*;
    for (recognised, action, reason) in [
        (Recognised::Null, Keep, Reason::Null),
        (Recognised::Empty, Keep, Reason::Empty),
        (Recognised::Marker("!"), Keep, Reason::Locked),
        (Recognised::Dead, Keep, Reason::Locked),
        (wrapped(), Keep, Reason::Wrapped),
        (STRONG, Keep, Reason::Strong),
        (SLOW, Keep, Reason::Slow),
        (SSHA, Wrap, Reason::Weak),
        (NOOP, Rehash, Reason::Reversible),
        (MD5, Wrap, Reason::Weak),
        (HEX32, Keep, Reason::Unproven),
        (Recognised::Plaintext(b"hunter2"), Rehash, Reason::Plaintext),
        (Recognised::LooksHashed, Quarantine, Reason::LooksHashed),
        (Recognised::Undecodable, Quarantine, Reason::Undecodable),
        (Recognised::TooLong, Quarantine, Reason::TooLong),
        (Recognised::Unknown, Keep, Reason::Unknown),
    ] {
        check(vec![], recognised, (action, reason, None));
    }
}

#[test]
fn what_gives_its_password_away_is_rehashed_and_never_wrapped() {
    let by_default = (Action::Rehash, Reason::Reversible, None);
    check(vec![rule(Action::Wrap)], NOOP, by_default);
    let by_rule = (Action::Rehash, Reason::Rule, Some(0));
    check(vec![rule(Action::Rehash)], NOOP, by_rule);
    let kept = (Action::Keep, Reason::Rule, Some(0));
    check(vec![rule(Action::Keep)], NOOP, kept);
}

#[test]
fn a_proven_digest_is_wrapped_by_default() {
    let facts = Facts::new("parents", &HEX32, &Target::default(), Some(Scheme::NTLM));
    assert_eq!(facts.scheme, Some(Scheme::NTLM));
    assert_eq!(decided(vec![], &facts).action, Action::Wrap);
}

#[test]
fn a_proof_says_nothing_of_values_that_are_no_digests() {
    for recognised in [
        Recognised::Unknown,
        Recognised::Null,
        Recognised::Marker("x"),
    ] {
        let facts = Facts::new(
            "parents",
            &recognised,
            &Target::default(),
            Some(Scheme::MD5),
        );
        assert_eq!(facts.scheme, None, "{recognised:?}");
    }
}

#[test]
fn a_wrap_rule_does_not_wrap_what_is_not_proven() {
    check(
        vec![rule(Action::Wrap)],
        HEX32,
        (Action::Keep, Reason::Unproven, Some(0)),
    );
}

#[test]
fn no_rule_wraps_anything_but_a_weak_hash_of_a_known_scheme() {
    for recognised in everything() {
        let wraps = decided(vec![rule(Action::Wrap)], &facts(&recognised)).action == Action::Wrap;
        assert_eq!(
            wraps,
            recognised == MD5 || recognised == SSHA,
            "{recognised:?}"
        );
    }
}

#[test]
fn no_rule_rehashes_anything_but_what_gives_its_password_away() {
    for recognised in everything() {
        let rehashes =
            decided(vec![rule(Action::Rehash)], &facts(&recognised)).action == Action::Rehash;
        assert_eq!(
            rehashes,
            recognised == NOOP || matches!(recognised, Recognised::Plaintext(_)),
            "{recognised:?}"
        );
    }
}

#[test]
fn no_rule_touches_what_is_null_empty_or_locked_but_by_keep_and_quarantine() {
    for recognised in [
        Recognised::Null,
        Recognised::Empty,
        Recognised::Marker("!"),
        Recognised::Dead,
    ] {
        for action in [Action::Wrap, Action::Rehash, Action::OnLogin, Action::Reset] {
            assert_eq!(
                decided(vec![rule(action)], &facts(&recognised)).action,
                Action::Keep,
                "{recognised:?}"
            );
        }
    }
}

#[test]
fn a_rule_that_cannot_be_done_to_a_row_is_passed_over() {
    let rules = vec![rule(Action::Wrap), rule(Action::OnLogin)];
    check(
        rules.clone(),
        SLOW,
        (Action::OnLogin, Reason::Rule, Some(1)),
    );
    check(rules, Recognised::Null, (Action::Keep, Reason::Null, None));
}

#[test]
fn a_slow_hash_is_wrapped_where_a_rule_says_so_and_there_is_a_wrap() {
    let django = Recognised::Native {
        scheme: Scheme::DJANGO_PBKDF2_SHA256,
        params: Strength::Pbkdf2 {
            prf: Prf::Sha256,
            iterations: 1_000,
        },
    };
    check(Vec::new(), django, (Action::Keep, Reason::Slow, None));
    check(
        vec![rule(Action::Wrap)],
        django,
        (Action::Wrap, Reason::Rule, Some(0)),
    );
    check(
        vec![rule(Action::Wrap)],
        SLOW,
        (Action::Keep, Reason::Slow, None),
    );
}

#[test]
fn the_first_rule_that_matches_decides() {
    let rules = vec![
        when(|when| when.classes = vec![Class::Slow], Action::OnLogin),
        when(|when| when.classes = vec![Class::Weak], Action::Keep),
        rule(Action::Wrap),
    ];
    check(rules, MD5, (Action::Keep, Reason::Rule, Some(1)));
}

#[test]
fn a_value_that_must_be_set_aside_is_quarantined_by_every_rule_but_keep_and_reset() {
    for recognised in [
        Recognised::LooksHashed,
        Recognised::Undecodable,
        Recognised::TooLong,
    ] {
        for action in Action::ALL {
            let decided = decided(vec![rule(action)], &facts(&recognised)).action;
            let expected = match action {
                Action::Keep => Action::Keep,
                // What is too long could not be swapped.
                Action::Reset if !matches!(recognised, Recognised::TooLong) => Action::Reset,
                _ => Action::Quarantine,
            };
            assert_eq!(decided, expected, "{recognised:?} {action}");
        }
    }
}

#[test]
fn on_login_passes_over_what_no_login_would_change() {
    check(
        vec![rule(Action::OnLogin)],
        STRONG,
        (Action::Keep, Reason::Strong, None),
    );
    check(
        vec![rule(Action::OnLogin)],
        wrapped(),
        (Action::OnLogin, Reason::Rule, Some(0)),
    );
}

#[test]
fn a_password_of_blanks_is_a_password() {
    check(
        vec![],
        Recognised::Plaintext(b"  "),
        (Action::Rehash, Reason::Plaintext, None),
    );
}

#[test]
fn a_soft_reset_is_done_once_and_its_rule_still_decides() {
    let soft = Rule {
        soft: true,
        ..rule(Action::Reset)
    };
    let mut facts = facts(&MD5);
    let decided_for = |rules: Vec<Rule>, facts: &Facts<'_>| {
        let decision = decided(rules, facts);
        (decision.action, decision.reason, decision.rule)
    };
    assert_eq!(
        decided_for(vec![soft.clone()], &facts),
        (Action::Reset, Reason::Rule, Some(0))
    );
    facts.must_change = true;
    // Not the default, which would wrap it.
    assert_eq!(
        decided_for(vec![soft.clone()], &facts),
        (Action::Keep, Reason::MustChange, Some(0))
    );
    let due = Rule {
        soft: true,
        ..waiting(Action::OnLogin, Then::Reset, Some(0))
    };
    assert_eq!(
        decided_for(vec![due], &facts),
        (Action::Keep, Reason::MustChange, Some(0))
    );
    assert_eq!(
        decided_for(vec![rule(Action::Reset)], &facts),
        (Action::Reset, Reason::Rule, Some(0))
    );
}
