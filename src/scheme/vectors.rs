//! The vectors that other people's implementations made (`tests/vectors/make.py`), and other projects' own where they lie
//! beside this one.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

use super::*;
use crate::secret::{Password, StoredHash};
use crate::text::answer1;

const TARGET: Strength = Strength::Bcrypt { cost: 10 };

/// The lines of a file of vectors.
fn lines(text: &str) -> Vec<Value> {
    text.lines()
        .map(|line| serde_json::from_str(line).expect("a line of JSON"))
        .collect()
}

fn field<'v>(line: &'v Value, name: &str) -> &'v str {
    line[name].as_str().expect("a text")
}

fn scheme(line: &Value) -> Scheme {
    Scheme::by_name(field(line, "scheme")).expect("a scheme of the registry")
}

fn opens(stored: &str, password: &str, declared: Declared) -> Result<bool, VerifyError> {
    verify(
        &StoredHash::new(stored),
        &Password::new(password),
        declared,
        &Context::default(),
    )
}

/// The right password opens the value, or it can't be checked at all; no other one opens it.
fn check(stored: &str, password: &str, declared: Declared) {
    match opens(stored, password, declared) {
        Ok(true) => {}
        Err(VerifyError::Unsupported { .. }) => return,
        other => panic!(
            "{:?}: {other:?}",
            recognise(Some(stored.as_bytes()), declared)
        ),
    }
    for wrong in [
        "",
        "wrong",
        stored,
        &format!("{password} "),
        &format!("x{password}"),
    ] {
        // bcrypt itself, of a native string, looks at no more than 72 bytes.
        let cut_alike = wrong
            .get(..72)
            .is_some_and(|front| password.starts_with(front));
        assert!(
            wrong == password || cut_alike || opens(stored, wrong, declared) != Ok(true),
            "a wrong password is accepted"
        );
    }
}

#[test]
fn the_digests_are_what_hashlib_openssl_and_pycryptodome_make() {
    let lines = lines(include_str!("../../tests/vectors/digests.jsonl"));
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
    for line in lines(include_str!("../../tests/vectors/native.jsonl")) {
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
    for line in lines(include_str!("../../tests/vectors/native.jsonl")) {
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
    for line in lines(include_str!("../../tests/vectors/wrapped.jsonl")) {
        let (stored, inner) = (
            field(&line, "stored"),
            InnerId::parse(field(&line, "inner")).expect("a good id"),
        );
        match recognise(Some(stored.as_bytes()), Declared::Auto) {
            Recognised::Wrapped { inner: found, .. } => assert_eq!(found, inner),
            other => panic!("{other:?}"),
        }
        let unmarked = unmark(stored).expect("a wrapped value");
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
    for line in lines(include_str!("../../tests/vectors/answers.jsonl")) {
        assert_eq!(
            answer1(field(&line, "answer")),
            field(&line, "normal"),
            "{}",
            field(&line, "answer").escape_unicode()
        );
    }
}

#[test]
fn other_projects_vectors_are_recognised_and_no_wrong_password_opens_them() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/vectors/vectors.jsonl");
    let Ok(text) = std::fs::read_to_string(&path) else {
        // Skipped by name: the folder is no part of the project.
        return;
    };
    let mut seen: BTreeMap<&str, u32> = BTreeMap::new();
    for line in lines(&text) {
        let Some(scheme) = Scheme::by_name(field(&line, "scheme")) else {
            continue;
        };
        let (stored, password) = (field(&line, "hash"), field(&line, "password"));
        let declared = if scheme.shape().is_some() {
            Declared::Scheme(scheme)
        } else {
            Declared::Auto
        };
        let recognised = recognise(Some(stored.as_bytes()), declared);
        assert_eq!(recognised.scheme(), Some(scheme), "{recognised:?}");
        if let Recognised::Digest { shape, .. } = recognised {
            assert!(shape.candidates().contains(&scheme));
        }
        // The dearest ones would take the suite half a minute.
        if !TARGET_FOR_TESTS.weaker_than(&strength(&recognised)) {
            check(stored, password, declared);
        }
        *seen.entry(scheme.name()).or_default() += 1;
    }
    assert!(seen.len() > 30, "{seen:?}");
}

/// The dearest hashes that a test of many passwords can afford.
const TARGET_FOR_TESTS: Strength = Strength::Bcrypt { cost: 10 };

fn strength(recognised: &Recognised<'_>) -> Strength {
    match recognised {
        Recognised::Native { params, .. } | Recognised::Wrapped { params, .. } => *params,
        _ => Strength::Fast,
    }
}
