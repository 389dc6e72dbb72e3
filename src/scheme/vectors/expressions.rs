//! Composed digests, salted and not, and bcrypt over a digest.

use super::vectors;
use crate::scheme::*;

#[test]
fn expressions_are_what_their_names_say() {
    for vector in vectors(include_str!("../../../tests/vectors/expressions.jsonl")) {
        vector.check_right();
        // WoltLab's double reads 72 bytes of the password, as bcrypt does.
        let cut = vector.scheme == Scheme::BCRYPT_BCRYPT;
        let right = &vector.password;
        vector.check_wrong(|wrong| cut && right.iter().take(72).eq(wrong.iter().take(72)));
    }
}
