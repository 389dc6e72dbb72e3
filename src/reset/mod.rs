//! What a password is reset to, a value that opens for nobody, and the tokens by which a new one is chosen. Pure; randomness is passed in.
//!
//! Who is reset, and when, is the rules' to say; how it is written, the store's.

mod token;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::secret::StoredHash;

pub use token::{KeptToken, TOKEN_BYTES, TOKEN_CHARS, is_bound, keep, token, token_hash};

/// What every dead value begins with.
const PREFIX: &str = "!saltern:reset:";

/// The random bytes of a dead value: an application that compares `password = ?` is logged in to by whoever guesses them.
pub const RANDOM_BYTES: usize = 16;

/// The characters of a dead value.
pub const DEAD_CHARS: usize = PREFIX.len() + 22;

/// The dead value of a row.
pub fn dead_value(random: &[u8; RANDOM_BYTES]) -> StoredHash {
    let mut value = String::with_capacity(DEAD_CHARS);
    value.push_str(PREFIX);
    URL_SAFE_NO_PAD.encode_string(random, &mut value);
    StoredHash::new(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scheme::{Declared, Recognised, Scheme, recognise};

    #[test]
    fn a_dead_value_is_a_mark_and_22_characters_of_base64url() {
        let value = dead_value(&[0xfb; RANDOM_BYTES]);
        assert_eq!(value.as_bytes(), b"!saltern:reset:-_v7-_v7-_v7-_v7-_v7-w");
        assert_eq!(value.as_bytes().len(), DEAD_CHARS);
    }

    #[test]
    fn a_dead_value_is_no_password_in_any_column() {
        let value = dead_value(&[7; RANDOM_BYTES]);
        for declared in [
            Declared::Auto,
            Declared::Scheme(Scheme::PLAINTEXT),
            Declared::Scheme(Scheme::MD5),
        ] {
            let recognised = recognise(Some(value.as_bytes()), declared);
            assert!(matches!(recognised, Recognised::Dead), "{declared:?}");
        }
    }
}
