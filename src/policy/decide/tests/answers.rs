//! What is decided for secret answers.

use super::*;

fn check_answer(answer: &[u8], rules: Vec<Rule>, expected: (Action, Reason)) {
    let plaintext = Recognised::Plaintext(answer);
    let facts = Facts {
        normalize: Some(Normalize::Answer1),
        ..facts(&plaintext)
    };
    let decision = decided(rules, &facts);
    assert_eq!((decision.action, decision.reason), expected);
}

#[test]
fn a_plaintext_answer_is_rehashed() {
    check_answer(b"Rex", vec![], (Action::Rehash, Reason::Plaintext));
    check_answer("Ä".as_bytes(), vec![], (Action::Rehash, Reason::Plaintext));
    check_answer(b"?", vec![], (Action::Rehash, Reason::Plaintext));
}

#[test]
fn an_answer_that_is_empty_after_normalising_is_kept_and_counted() {
    check_answer(b" \t ", vec![], (Action::Keep, Reason::EmptyAnswer));
    check_answer(
        "\u{3000}".as_bytes(),
        vec![],
        (Action::Keep, Reason::EmptyAnswer),
    );
    check_answer(
        b"  ",
        vec![rule(Action::Rehash)],
        (Action::Keep, Reason::EmptyAnswer),
    );
}

#[test]
fn an_answer_that_is_no_text_is_set_aside() {
    check_answer(b"\xff", vec![], (Action::Quarantine, Reason::Undecodable));
}

#[test]
fn an_answer_stored_as_a_digest_is_wrapped_as_it_is() {
    let facts = Facts {
        normalize: Some(Normalize::Answer1),
        ..facts(&MD5)
    };
    assert_eq!(decided(vec![], &facts).action, Action::Wrap);
}
