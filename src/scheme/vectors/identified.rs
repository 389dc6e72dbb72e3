//! How often the first guess at one value is right, over other projects' vectors.

use std::path::Path;

use super::{bytes, field, lines};
use crate::scheme::*;
use crate::text;

#[test]
fn the_first_guess_at_a_structured_string_is_nearly_always_right() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/vectors/vectors.jsonl");
    let Ok(file) = std::fs::read_to_string(&path) else {
        // Skipped by name: the folder is no part of the project.
        return;
    };
    let (mut structured, mut misses) = (0_usize, Vec::new());
    let mut candidates = Vec::new();
    for line in lines(&file) {
        let stored = bytes(&line, "hash").expect("a value");
        let Some(right) = Scheme::by_name(field(&line, "scheme")) else {
            continue;
        };
        if text::is_hex(&stored) {
            continue;
        }
        structured += 1;
        let _ = identify(&stored, &mut candidates);
        // A digest under bcrypt has bcrypt's prefix and nothing else. It is named, but never first.
        let is_hidden = right.hides_behind(Scheme::BCRYPT_2B) && candidates.contains(&right.into());
        if candidates.first().map(|first| first.scheme) != Some(right) && !is_hidden {
            misses.push(format!("{right}: {candidates:?}"));
        }
    }
    assert!(structured > 80, "{structured}");
    assert!(
        misses.len() * 50 <= structured,
        "of {structured}: {misses:#?}"
    );
}
