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

/// What a token is bound to: a row, as it was when the token was made.
#[derive(Clone, Copy)]
pub struct TokenBinding<'a> {
    /// The stored value.
    pub stored: &'a StoredHash,
    /// What stands in the column of logins; none where the credential names none, or for NULL.
    pub login: Option<&'a [u8]>,
}

/// Blind to both.
impl std::fmt::Debug for TokenBinding<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TokenBinding(..)")
    }
}

/// What is to be kept of a token for a row.
///
/// A plain digest of a weak value would be enough to guess the password. An HMAC is worth nothing
/// without the token, which is its key.
pub fn keep(token: &Token, to: TokenBinding<'_>) -> KeptToken {
    KeptToken {
        hash: token_hash(token),
        value_mac: hex(&mac(token, to)),
    }
}

/// Whether the token was made for this row as it is.
///
/// A token of a version of saltern that bound it to the value alone is bound to that.
pub fn is_bound(token: &Token, to: TokenBinding<'_>, value_mac: &str) -> bool {
    let value_alone = TokenBinding { login: None, ..to };
    let is = |to| hex(&mac(token, to)).as_bytes().ct_eq(value_mac.as_bytes());
    (is(to) | is(value_alone)).into()
}

fn mac(token: &Token, to: TokenBinding<'_>) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(token.as_bytes())
        .expect("a key of any length is taken by HMAC");
    let stored = to.stored.as_bytes();
    match to.login {
        None => mac.update(stored),
        // With the length before the value, no other two texts make the same message. No value
        // begins so.
        Some(login) => {
            mac.update(b"\0login\0");
            mac.update(&(stored.len() as u64).to_be_bytes());
            mac.update(stored);
            mac.update(login);
        }
    }
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
        let alone = |stored| TokenBinding {
            stored,
            login: None,
        };
        let kept = keep(&key, alone(&value));
        assert_eq!(
            kept.value_mac,
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
        assert!(is_bound(&key, alone(&value), &kept.value_mac));
        let changed = StoredHash::new("changed");
        assert!(!is_bound(&key, alone(&changed), &kept.value_mac));
        assert!(!is_bound(
            &Token::new("jefe"),
            alone(&value),
            &kept.value_mac
        ));
        assert!(!is_bound(&key, alone(&value), ""));
    }

    #[test]
    fn a_token_is_bound_to_the_login_as_well() {
        let (key, stored) = (Token::new("a token"), StoredHash::new("a value"));
        let to = |login| TokenBinding {
            stored: &stored,
            login: Some(login),
        };
        let kept = keep(&key, to(b"anna@x.org"));
        assert!(is_bound(&key, to(b"anna@x.org"), &kept.value_mac));
        for other in [&b"anna@y.org"[..], b"", b"Anna@x.org"] {
            assert!(!is_bound(&key, to(other), &kept.value_mac));
        }
        // One that was bound to the value alone goes on to be good.
        let before = keep(
            &key,
            TokenBinding {
                stored: &stored,
                login: None,
            },
        );
        assert!(is_bound(&key, to(b"anna@x.org"), &before.value_mac));
    }
}
