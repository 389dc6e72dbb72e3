//! Unsalted digests, strings with a prefix, what a run stores, and secret answers.

use super::{TARGET, check, field, lines, opens, scheme};
use crate::scheme::*;
use crate::text::answer1;

#[test]
fn the_digests_are_what_hashlib_openssl_and_pycryptodome_make() {
    let lines = lines(include_str!("../../../tests/vectors/digests.jsonl"));
    for line in &lines {
        let made =
            digest(scheme(line), field(line, "password").as_bytes()).expect("an unsalted digest");
        assert_eq!(made.as_str(), field(line, "stored"), "{}", scheme(line));
        check(
            field(line, "stored"),
            field(line, "password"),
            Declared::Scheme(scheme(line)),
        );
    }
}

#[test]
fn the_strings_of_other_makers_are_recognised_and_opened_by_their_passwords() {
    for line in lines(include_str!("../../../tests/vectors/native.jsonl")) {
        let stored = field(&line, "stored");
        for declared in [
            Declared::Auto,
            Declared::Scheme(Scheme::PLAINTEXT),
            Declared::Scheme(Scheme::MD5),
        ] {
            let recognised = recognise(Some(stored.as_bytes()), declared);
            assert!(
                matches!(recognised, Recognised::Native { .. }),
                "{}",
                scheme(&line)
            );
            assert_eq!(recognised.scheme(), Some(scheme(&line)));
            let expected = if scheme(&line).class() == Class::Weak {
                Class::Weak
            } else {
                Class::Slow
            };
            assert_eq!(recognised.class(&TARGET), expected, "{recognised:?}");
        }
        check(stored, field(&line, "password"), Declared::Auto);
    }
}

#[test]
fn argon2_and_bcrypt_of_other_makers_can_be_checked() {
    for line in lines(include_str!("../../../tests/vectors/native.jsonl")) {
        let name = field(&line, "scheme");
        if name.starts_with("argon2")
            || name.starts_with("bcrypt")
            || name.starts_with("django-bcrypt")
        {
            assert_eq!(
                opens(
                    field(&line, "stored"),
                    field(&line, "password"),
                    Declared::Auto
                ),
                Ok(true),
                "{name}"
            );
        }
    }
}

#[test]
fn wrapped_values_made_without_saltern_are_opened_by_the_old_passwords() {
    for line in lines(include_str!("../../../tests/vectors/wrapped.jsonl")) {
        let (stored, inner) = (
            field(&line, "stored"),
            InnerId::parse(field(&line, "inner")).expect("a good id"),
        );
        match recognise(Some(stored.as_bytes()), Declared::Auto) {
            Recognised::Wrapped { inner: found, .. } => assert_eq!(found, inner),
            other => panic!("{other:?}"),
        }
        let unmarked = unlabel(stored).expect("a wrapped value");
        assert_eq!(wrap(&unmarked.native, &unmarked.inner, None), stored);
        assert_eq!(
            opens(stored, field(&line, "password"), Declared::Auto),
            Ok(true),
            "{inner}"
        );
        assert_eq!(opens(stored, "wrong", Declared::Auto), Ok(false), "{inner}");
    }
}

#[test]
fn answers_have_the_normal_form_that_python_gives_them() {
    for line in lines(include_str!("../../../tests/vectors/answers.jsonl")) {
        assert_eq!(
            answer1(field(&line, "answer")),
            field(&line, "normal"),
            "{}",
            field(&line, "answer").escape_unicode()
        );
    }
}
