//! crypt(3) and its relatives.

use super::{Vector, vectors};
use crate::scheme::*;

/// Whether the scheme can't tell a password from the right one.
fn alike(vector: &Vector, wrong: &[u8]) -> bool {
    let right = &vector.password[..];
    // Of DES's schemes the bytes that are read, as the bits that are.
    let bits = |password: &[u8], len: usize| -> Vec<u8> {
        let padded = password.iter().chain(std::iter::repeat(&0));
        padded.take(len).map(|byte| byte << 1).collect()
    };
    match vector.scheme {
        Scheme::DESCRYPT => bits(right, 8) == bits(wrong, 8),
        Scheme::BIGCRYPT => bits(right, 128) == bits(wrong, 128),
        Scheme::BCRYPT_2A | Scheme::BCRYPT_2B | Scheme::BCRYPT_2X | Scheme::BCRYPT_2Y => {
            right.iter().take(72).eq(wrong.iter().take(72))
        }
        _ => false,
    }
}

#[test]
fn crypt_strings_are_what_libxcrypt_makes() {
    for vector in vectors(include_str!("../../../tests/vectors/crypt.jsonl")) {
        vector.check_right();
        vector.check_wrong(|wrong| alike(&vector, wrong));
    }
}
