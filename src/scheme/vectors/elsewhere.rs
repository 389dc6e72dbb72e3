//! Other projects' vectors, where they lie beside this one.

use std::collections::BTreeSet;
use std::path::Path;

use super::{Vector, field, lines};
use crate::scheme::*;

/// What a test of many passwords can afford, and of one.
const CHEAP: Strength = Strength::Bcrypt { cost: 6 };
const DEAR: Strength = Strength::Bcrypt { cost: 12 };

#[test]
fn other_projects_vectors_are_recognised_and_opened_by_their_passwords_alone() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/vectors/vectors.jsonl");
    let Ok(text) = std::fs::read_to_string(&path) else {
        // Skipped by name: the folder is no part of the project.
        return;
    };
    let mut opened = 0;
    let mut not_yet = BTreeSet::new();
    for line in lines(&text) {
        let Some(mut vector) = Vector::read(&line) else {
            not_yet.insert(field(&line, "scheme").to_owned());
            continue;
        };
        let needs = vector.scheme.needs();
        if needs.username && !needs.salt && vector.username.is_none() {
            // Where a name is all the salt there is, some of their lines call it the salt.
            vector.username = line["salt"].as_str().map(str::to_owned);
        }
        let declared = if vector.scheme.has_prefix() {
            Declared::Auto
        } else {
            Declared::Scheme(vector.scheme)
        };
        let recognised = recognise(Some(&vector.stored), declared);
        assert_eq!(recognised.scheme(), Some(vector.scheme), "{recognised:?}");
        let made = make(vector.scheme, b"", b"", &Context::default());
        let lacks_name = needs.username && vector.username.is_none();
        if lacks_name || matches!(made, Err(VerifyError::Unsupported { .. })) {
            not_yet.insert(vector.scheme.name().to_owned());
            continue;
        }
        opened += 1;
        let strength = strength(&recognised);
        if CHEAP.weaker_than(&strength) {
            // Eleven passwords would take the suite minutes, and the dearest one alone seconds.
            if !DEAR.weaker_than(&strength) {
                assert_eq!(vector.opens(&vector.stored, &vector.password), Ok(true));
            }
        } else {
            vector.check_right();
            vector.check_wrong(|wrong| vector.alike(wrong));
            // A SCRAM string ends with a key by which a server proves itself: nothing that a
            // password is checked by.
            if !vector.scheme.name().contains("scram") {
                vector.check_altered();
            }
        }
    }
    assert!(opened > 160, "{opened} opened, none of {not_yet:?}");
}

fn strength(recognised: &Recognised<'_>) -> Strength {
    match recognised {
        Recognised::Native { params, .. } | Recognised::Wrapped { params, .. } => *params,
        _ => Strength::Fast,
    }
}
