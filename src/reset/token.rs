//! Tokens that stand for a user until a new password is chosen. Here they are made and bound to a
//! value.
//!
//! Who gets a token, and how long it is valid, is not decided here.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use crate::secret::{StoredHash, Token};

/// The random bytes of a token. 256 bits are beyond guessing and beyond collisions.
pub const TOKEN_BYTES: usize = 32;

/// The characters of a token in base64url.
pub const TOKEN_CHARS: usize = 43;

/// What is kept of a token. The token can't be computed from it.
#[derive(Clone, PartialEq, Eq)]
pub struct KeptToken {
    /// Its SHA-256 in lowercase hex, by which it is found.
    pub hash: String,
    /// An HMAC-SHA-256 over the value of the row, with the token as the key, in lowercase hex.
    pub value_mac: String,
}

/// Blind: what holds a token, and is printed, shows nothing of it.
impl std::fmt::Debug for KeptToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("KeptToken(..)")
    }
}

/// The token of random bytes, in base64url.
pub fn token(random: &[u8; TOKEN_BYTES]) -> Token {
    let mut text = Zeroizing::new(String::with_capacity(TOKEN_CHARS));
    URL_SAFE_NO_PAD.encode_string(random, &mut text);
    Token::new(text.as_bytes())
}

/// The hash by which a token is found. Any text has one; only the hashes of tokens are kept.
pub fn token_hash(token: &Token) -> String {
    hex(&Sha256::digest(token.as_bytes()))
}

/// What is to be kept of a token for a row with this value.
///
/// A plain digest of a weak value would be enough to guess the password. An HMAC is worth nothing
/// without the token, which is its key.
pub fn keep(token: &Token, stored: &StoredHash) -> KeptToken {
    KeptToken {
        hash: token_hash(token),
        value_mac: hex(&mac(token, stored)),
    }
}

/// Whether the token was made for this value.
pub fn is_bound(token: &Token, stored: &StoredHash, value_mac: &str) -> bool {
    let own = hex(&mac(token, stored));
    own.as_bytes().ct_eq(value_mac.as_bytes()).into()
}

fn mac(token: &Token, stored: &StoredHash) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(token.as_bytes())
        .expect("a key of any length is taken by HMAC");
    mac.update(stored.as_bytes());
    mac.finalize().into_bytes().into()
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(64), |mut hex, b| {
        // Writing to a string cannot fail.
        let _ = write!(hex, "{b:02x}");
        hex
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_43_characters_of_base64url_and_never_the_same_for_other_bytes() {
        let one = token(&[0xfb; TOKEN_BYTES]);
        assert_eq!(
            one.as_bytes(),
            b"-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_s"
        );
        assert_eq!(one.as_bytes().len(), TOKEN_CHARS);
        assert_ne!(one, token(&[0xfa; TOKEN_BYTES]));
    }

    #[test]
    fn what_is_kept_of_a_token_is_its_sha_256() {
        // By sha256sum.
        assert_eq!(
            token_hash(&Token::new("abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }

    #[test]
    fn a_token_is_bound_to_the_value_under_a_key_that_nobody_keeps() {
        // The second vector of RFC 4231.
        let (key, value) = (
            Token::new("Jefe"),
            StoredHash::new("what do ya want for nothing?"),
        );
        let kept = keep(&key, &value);
        assert_eq!(
            kept.value_mac,
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
        assert!(is_bound(&key, &value, &kept.value_mac));
        assert!(!is_bound(
            &key,
            &StoredHash::new("changed"),
            &kept.value_mac
        ));
        assert!(!is_bound(&Token::new("jefe"), &value, &kept.value_mac));
        assert!(!is_bound(&key, &value, ""));
    }
}
