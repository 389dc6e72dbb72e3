//! Other projects' vectors, where they lie beside this one.

use std::collections::BTreeMap;
use std::path::Path;

use super::{check, field, lines};
use crate::scheme::*;

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
