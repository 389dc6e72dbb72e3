//! Composed digests, salted and not, and bcrypt over a digest.

use super::vectors;

#[test]
fn expressions_are_what_their_names_say() {
    for vector in vectors(include_str!("../../../tests/vectors/expressions.jsonl")) {
        vector.check_right();
        vector.check_wrong(|wrong| vector.alike(wrong));
        vector.check_altered();
    }
}
