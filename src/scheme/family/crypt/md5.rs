//! md5crypt (Poul-Henning Kamp, FreeBSD 2.0), and Apache's with its own magic.

use md5::{Digest, Md5};
use zeroize::Zeroizing;

use super::base64;
use crate::scheme::expression::Algorithm;
use crate::scheme::kdf::{self, Permit};
use crate::scheme::value::VerifyError;

/// The order in which `$1$` and Sun's put the digest's bytes.
pub(in crate::scheme) const ORDER: [u8; 16] =
    [12, 6, 0, 13, 7, 1, 14, 8, 2, 15, 9, 3, 5, 10, 4, 11];

const ROUNDS: u32 = 1_000;

/// Appends the hash.
pub(in crate::scheme) fn append(
    magic: &[u8],
    salt: &[u8],
    password: &[u8],
    text: &mut String,
) -> Result<(), VerifyError> {
    let bytes = 2 * password.len() + salt.len() + 16;
    let rounds = match kdf::spend_rounds(Algorithm::Md5, ROUNDS, bytes)? {
        Permit::Compute => ROUNDS,
        Permit::Weigh => 0,
    };
    let inner = digest(&[password, salt, password]);
    let mut first = Md5::new();
    for piece in [password, magic, salt] {
        first.update(piece);
    }
    for block in password.chunks(inner.len()) {
        first.update(&inner[..block.len()]);
    }
    // For each bit of the length a NUL or the password's first byte: meant otherwise once, and
    // kept.
    let mut bits = password.len();
    while bits != 0 {
        first.update(if bits & 1 == 1 { &[0] } else { &password[..1] });
        bits >>= 1;
    }
    let mut last = Zeroizing::new(<[u8; 16]>::from(first.finalize()));
    for round in 0..rounds {
        let (front, back): (&[u8], &[u8]) = match round & 1 {
            0 => (&last[..], password),
            _ => (password, &last[..]),
        };
        let salt = if round % 3 == 0 { &[][..] } else { salt };
        let middle = if round % 7 == 0 { &[][..] } else { password };
        let next = digest(&[front, salt, middle, back]);
        last = next;
    }
    base64::push_in_order(&last[..], &ORDER, text);
    Ok(())
}

fn digest(pieces: &[&[u8]]) -> Zeroizing<[u8; 16]> {
    let mut digest = Md5::new();
    for piece in pieces {
        digest.update(piece);
    }
    Zeroizing::new(digest.finalize().into())
}
