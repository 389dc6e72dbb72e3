//! A login never redefines a password, whatever the old scheme left out of it.

use super::*;
use crate::scheme::vectors::unread::{UnreadPair, is_typed, unread_pairs};
use crate::scheme::{
    BcryptPrefix, Context, Declared, Dialect, InnerId, Outer, Scheme, unlabel, wrap,
};
use crate::secret::{Password, StoredHash};
use crate::text::Charset;

const RANDOM: [u8; 16] = *b"sixteen of bytes";

/// Dearer than what the values are wrapped with.
const TARGET: Outer = Outer::Argon2id {
    memory_kib: 16,
    iterations: 1,
    parallelism: 1,
};

const BCRYPT: Outer = Outer::Bcrypt {
    cost: 5,
    prefix: BcryptPrefix::Y,
};

fn column(scheme: Scheme) -> Column {
    Column {
        declared: Declared::Scheme(scheme),
        outer: TARGET,
        dialect: Dialect::Phc,
        normalize: None,
    }
}

fn log_in(column: &Column, stored: &str, (typed, context): (&str, &Context<'_>)) -> Outcome {
    let (stored, typed) = (StoredHash::new(stored), Password::new(typed));
    column
        .verify_and_upgrade(&stored, &typed, context, &RANDOM)
        .expect("a value that can be checked")
}

/// What stands in the row after a login that is right.
fn after(column: &Column, stored: &str, login: (&str, &Context<'_>)) -> String {
    match log_in(column, stored, login) {
        Outcome::MatchNeedsRehash(better) => better.as_str().to_owned(),
        Outcome::Match => stored.to_owned(),
        Outcome::Mismatch => panic!("{:?} does not open {stored}", login.0),
    }
}

/// After a login with either of the two texts the other one is right, and no other text is.
fn check(pair: &UnreadPair, stored: &str) {
    let (scheme, context) = (pair.scheme(), pair.context());
    let column = column(scheme);
    for (typed, other) in [(&pair.typed, &pair.own), (&pair.own, &pair.typed)] {
        let new = after(&column, stored, (typed, &context));
        // Nobody types a NUL, so a text without one is the user's own.
        if is_typed(other) || !is_typed(typed) {
            let outcome = log_in(&column, &new, (other, &context));
            assert_ne!(
                outcome,
                Outcome::Mismatch,
                "{scheme}: after a login with {typed:?}, {other:?} is out of {stored}"
            );
        }
        let wrong = format!("no {other}");
        let outcome = log_in(&column, &new, (&wrong, &context));
        assert_eq!(outcome, Outcome::Mismatch, "{scheme}: {wrong:?} is in");
    }
}

#[test]
fn a_login_with_one_of_two_texts_that_a_scheme_cannot_tell_apart_leaves_the_other_right() {
    let (pairs, _) = unread_pairs();
    assert!(pairs.len() > 100, "{}", pairs.len());
    // Two of each kind of a scheme's pairs: what differs in them, and how long they are.
    let mut seen = std::collections::BTreeMap::new();
    for pair in pairs {
        let (typed, own) = (&pair.typed, &pair.own);
        let kind = (
            pair.scheme().name(),
            [typed, own].map(|text| (is_typed(text), text.is_ascii(), text.len() > 71)),
            typed.len().cmp(&own.len()),
            typed.to_lowercase() == own.to_lowercase(),
            typed.starts_with(own.as_str()) || own.starts_with(typed.as_str()),
            typed.split_whitespace().eq(own.split_whitespace()),
        );
        let so_far: &mut u32 = seen.entry(kind).or_default();
        *so_far += 1;
        if *so_far > 2 {
            continue;
        }
        for stored in &pair.stored {
            check(pair, stored);
        }
    }
}

fn native(scheme: Scheme, stored: &str, typed: &str) -> Outcome {
    log_in(&column(scheme), stored, (typed, &Context::default()))
}

/// bcrypt of 72 bytes and more, by py-bcrypt's cost 4.
fn bcrypt_of(text: &str) -> String {
    let cheap = Column {
        outer: Outer::Bcrypt {
            cost: 4,
            prefix: BcryptPrefix::B,
        },
        ..column(Scheme::BCRYPT_2B)
    };
    let made = crate::scheme::make(
        Scheme::BCRYPT_2B,
        b"$2b$04$abcdefghijklmnopqrstuu",
        text.as_bytes(),
        &Context::default(),
    );
    let made = made.expect("good parameters").expect("a text").to_string();
    assert_eq!(cheap.cost(made.as_bytes()), Some(cheap.outer.strength()));
    made
}

#[test]
fn bcrypt_is_replaced_by_a_login_of_71_bytes_and_not_by_one_of_72() {
    for (len, replaced) in [
        (7, true),
        (71, true),
        (72, false),
        (73, false),
        (200, false),
    ] {
        let text = "x".repeat(len);
        let dearer = Column {
            outer: BCRYPT,
            ..column(Scheme::BCRYPT_2B)
        };
        let login = (text.as_str(), &Context::default());
        let outcome = log_in(&dearer, &bcrypt_of(&text), login);
        assert_eq!(outcome != Outcome::Match, replaced, "{len} bytes");
    }
}

#[test]
fn a_weak_value_that_was_not_read_whole_is_wrapped_at_its_login() {
    // "password", by crypt(3).
    let stored = "rqVTKtRlPS2tM";
    let new = after(
        &column(Scheme::DESCRYPT),
        stored,
        ("password and more", &Context::default()),
    );
    let label = unlabel(&new).expect("a label");
    assert_eq!(label.inner.as_str(), "descrypt");
    assert_eq!(label.is.as_deref(), Some(&b"rq"[..]));
    for right in ["password", "password and more", "passwordX"] {
        assert_eq!(native(Scheme::DESCRYPT, &new, right), Outcome::Match);
    }
    assert_eq!(native(Scheme::DESCRYPT, &new, "passwor"), Outcome::Mismatch);
}

#[test]
fn a_wrap_weaker_than_the_target_is_made_anew_and_stays_a_wrap() {
    let context = Context::default();
    let cheap = Column {
        outer: Outer::Argon2id {
            memory_kib: 8,
            iterations: 1,
            parallelism: 1,
        },
        ..column(Scheme::DESCRYPT)
    };
    let login = ("password and more", &context);
    let wrapped = after(&cheap, "rqVTKtRlPS2tM", login);
    let again = after(&column(Scheme::DESCRYPT), &wrapped, login);
    assert!(
        again.starts_with("$argon2id--descrypt$v=19$m=16,"),
        "{again}"
    );
    assert_eq!(native(Scheme::DESCRYPT, &again, "password"), Outcome::Match);
    assert_eq!(after(&column(Scheme::DESCRYPT), &again, login), again);
}

#[test]
fn under_bcrypt_the_label_of_a_long_text_stays_readable() {
    let column = Column {
        outer: BCRYPT,
        ..column(Scheme::LM)
    };
    let context = Context::default();
    let stored = "e52cac67419a9a224a3b108f3fa6cb6d"; // "password"
    let new = after(&column, stored, ("PassWord", &context));
    assert!(new.starts_with("$2y--lm$05$"), "{new}");
    assert_eq!(
        log_in(&column, &new, ("password", &context)),
        Outcome::Match
    );
}

#[test]
fn an_answer_in_a_column_that_normalises_nothing_any_more_is_left_as_it_is() {
    let answers = Column {
        normalize: Some(crate::policy::Normalize::Answer1),
        outer: Outer::Argon2id {
            memory_kib: 8,
            iterations: 1,
            parallelism: 1,
        },
        ..column(Scheme::PLAINTEXT)
    };
    let stored = answers.hash(&Password::new("Fluffy"), &RANDOM);
    let stored = stored.expect("a hash").as_str().to_owned();
    let context = Context::default();
    let column = column(Scheme::PLAINTEXT);
    assert_eq!(
        log_in(&column, &stored, ("FLUFFY", &context)),
        Outcome::Match
    );
}

#[test]
fn bytes_of_an_old_charset_that_are_another_text_in_utf8_are_not_replaced() {
    let context = Context {
        charset: Charset::by_name("latin1"),
        ..Context::default()
    };
    let md5 = |text: &str| crate::scheme::digest(Scheme::MD5, text.as_bytes()).expect("a digest");
    // "Ã©" in Latin-1 has the bytes of "é" in UTF-8.
    let stored = md5("é");
    let column = column(Scheme::MD5);
    let new = after(&column, &stored, ("Ã©", &context));
    assert!(new.starts_with("$argon2id--md5$"), "{new}");
    for right in ["é", "Ã©"] {
        assert_ne!(log_in(&column, &new, (right, &context)), Outcome::Mismatch);
    }
    // What is spelt in one way alone becomes native.
    let new = after(&column, &stored, ("é", &context));
    assert!(new.starts_with("$argon2id$"), "{new}");
}

#[test]
fn a_label_of_an_unread_scheme_over_a_known_one_is_not_taken_off() {
    let inner = InnerId::parse("bcrypt-2b").expect("a good id");
    let long = "x".repeat(80);
    let old = bcrypt_of(&long);
    let text = crate::scheme::take(old.as_bytes(), Scheme::BCRYPT_2B).expect("a value");
    let digest = crate::scheme::derive(&TARGET, &RANDOM, text.text.as_bytes()).expect("a hash");
    let outer = crate::scheme::native_string(&TARGET, &RANDOM, &digest);
    let stored = wrap(&outer, &inner, Some(&text.setting));
    for typed in [&long, &"x".repeat(72), &("x".repeat(72) + "tail")] {
        assert_eq!(native(Scheme::BCRYPT_2B, &stored, typed), Outcome::Match);
    }
    assert_eq!(
        native(Scheme::BCRYPT_2B, &stored, &"x".repeat(71)),
        Outcome::Mismatch
    );
}
