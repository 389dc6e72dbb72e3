//! The unsalted digests: what each makes of a password, as canonical text.
//!
//! Built on the RustCrypto crates, one password at a time: for logins, proofs and tests, not for runs.

use blake2::{Blake2b512, Blake2s256};
use md4::Md4;
use md5::{Digest, Md5};
use ripemd::Ripemd160;
use sha1::Sha1;
use sha2::{Sha224, Sha256, Sha384, Sha512};
use sha3::{Keccak256, Keccak384, Keccak512, Sha3_224, Sha3_256, Sha3_384, Sha3_512};
use whirlpool::Whirlpool;
use zeroize::Zeroizing;

use super::Scheme;
use crate::text;

/// The canonical text (lowercase hex) that this scheme gives for a password.
///
/// `None` for a scheme that is no unsalted digest, and for a password that it can't take: those over UTF-16 take UTF-8 alone.
pub fn digest(scheme: Scheme, password: &[u8]) -> Option<Zeroizing<String>> {
    let utf16 = || utf16le(password);
    let text = match scheme {
        Scheme::MD5 => hex::<Md5>(password),
        Scheme::NTLM => hex::<Md4>(&utf16()?),
        Scheme::MD4 => hex::<Md4>(password),
        Scheme::MD5_MD5 => hex::<Md5>(hex::<Md5>(password).as_bytes()),
        Scheme::MD5_UTF16 => hex::<Md5>(&utf16()?),
        Scheme::MD5_SHA1 => hex::<Md5>(hex::<Sha1>(password).as_bytes()),
        Scheme::MD5_MD5_MD5 => hex::<Md5>(hex::<Md5>(hex::<Md5>(password).as_bytes()).as_bytes()),
        Scheme::MD5_UPPER_MD5 => {
            let mut first = hex::<Md5>(password);
            first.make_ascii_uppercase();
            hex::<Md5>(first.as_bytes())
        }
        Scheme::SHA1 => hex::<Sha1>(password),
        Scheme::MYSQL41 => hex::<Sha1>(&Sha1::digest(password)),
        Scheme::SHA1_SHA1 => hex::<Sha1>(hex::<Sha1>(password).as_bytes()),
        Scheme::SHA1_MD5 => hex::<Sha1>(hex::<Md5>(password).as_bytes()),
        Scheme::SHA1_UTF16 => hex::<Sha1>(&utf16()?),
        Scheme::RIPEMD160 => hex::<Ripemd160>(password),
        Scheme::SHA224 => hex::<Sha224>(password),
        Scheme::SHA3_224 => hex::<Sha3_224>(password),
        Scheme::SHA256 => hex::<Sha256>(password),
        Scheme::SHA256_SHA256 => hex::<Sha256>(hex::<Sha256>(password).as_bytes()),
        Scheme::SHA256_TWICE => hex::<Sha256>(&Sha256::digest(password)),
        Scheme::SHA256_MD5 => hex::<Sha256>(hex::<Md5>(password).as_bytes()),
        Scheme::SHA256_UTF16 => hex::<Sha256>(&utf16()?),
        Scheme::SHA3_256 => hex::<Sha3_256>(password),
        Scheme::KECCAK256 => hex::<Keccak256>(password),
        Scheme::BLAKE2S => hex::<Blake2s256>(password),
        Scheme::SHA384 => hex::<Sha384>(password),
        Scheme::SHA3_384 => hex::<Sha3_384>(password),
        Scheme::KECCAK384 => hex::<Keccak384>(password),
        Scheme::SHA512 => hex::<Sha512>(password),
        Scheme::SHA512_UTF16 => hex::<Sha512>(&utf16()?),
        Scheme::SHA3_512 => hex::<Sha3_512>(password),
        Scheme::KECCAK512 => hex::<Keccak512>(password),
        Scheme::BLAKE2B => hex::<Blake2b512>(password),
        Scheme::WHIRLPOOL => hex::<Whirlpool>(password),
        _ => return None,
    };
    Some(text)
}

/// The canonical text of a stored digest of that scheme: what goes into the outer hash when the value is wrapped.
///
/// `None` for a value that isn't of the scheme's form, and for a scheme that can't be wrapped.
pub fn inner_text(value: &[u8], scheme: Scheme) -> Option<Zeroizing<String>> {
    let digits = scheme.shape()?.digits();
    let value = text::trim(value);
    let bare = match scheme {
        Scheme::MYSQL41 => value.strip_prefix(b"*").unwrap_or(value),
        _ => value,
    };
    if bare.len() != digits {
        return None;
    }
    text::canonical_hex(bare).map(Zeroizing::new)
}

/// The digest in lowercase hex, into text that is wiped.
fn hex<D: Digest>(input: &[u8]) -> Zeroizing<String> {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digest = D::digest(input);
    let mut text = Zeroizing::new(String::with_capacity(2 * digest.len()));
    for byte in digest.iter() {
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    text
}

fn utf16le(password: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let password = std::str::from_utf8(password).ok()?;
    let mut bytes = Zeroizing::new(Vec::with_capacity(2 * password.len()));
    bytes.extend(password.encode_utf16().flat_map(u16::to_le_bytes));
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(scheme: Scheme, password: &str, hex: &str) {
        assert_eq!(
            digest(scheme, password.as_bytes())
                .expect("an unsalted digest")
                .as_str(),
            hex
        );
    }

    #[test]
    fn the_digests_are_those_of_their_standards() {
        check(Scheme::MD5, "", "d41d8cd98f00b204e9800998ecf8427e");
        check(Scheme::NTLM, "", "31d6cfe0d16ae931b73c59d7e0c089c0");
        check(Scheme::NTLM, "password", "8846f7eaee8fb117ad06bdd830b7586c");
        check(
            Scheme::MYSQL41,
            "password",
            "2470c0c06dee42fd1618bb99005adca2ec9d1e19",
        );
        check(
            Scheme::RIPEMD160,
            "abc",
            "8eb208f7e05d987a9b044a8e98c6b087f15a0bfc",
        );
        check(
            Scheme::SHA3_256,
            "abc",
            "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532",
        );
        check(
            Scheme::KECCAK256,
            "",
            "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470",
        );
    }

    #[test]
    fn every_unsalted_digest_gives_a_canonical_text_of_its_shape() {
        for scheme in Scheme::all() {
            let text = digest(scheme, "pässword".as_bytes());
            assert_eq!(
                text.as_ref().map(|text| text.len()),
                scheme.shape().map(|shape| shape.digits()),
                "{scheme}"
            );
            if let Some(text) = text {
                assert_eq!(
                    inner_text(text.to_uppercase().as_bytes(), scheme).as_ref(),
                    Some(&text)
                );
            }
        }
    }

    #[test]
    fn a_password_that_is_no_text_has_no_digest_over_utf16() {
        assert!(digest(Scheme::NTLM, b"\xff").is_none());
        assert!(digest(Scheme::MD5, b"\xff").is_some());
    }

    #[test]
    fn the_inner_text_is_canonical_and_of_the_right_length_only() {
        let text = |value: &[u8], scheme| inner_text(value, scheme).map(|text| text.to_string());
        let lower = "5f4dcc3b5aa765d61d8327deb882cf99";
        assert_eq!(
            text(b" 5F4DCC3B5AA765D61D8327DEB882CF99\n", Scheme::MD5).as_deref(),
            Some(lower)
        );
        assert_eq!(text(lower.as_bytes(), Scheme::SHA1), None);
        assert_eq!(text(lower.as_bytes(), Scheme::PLAINTEXT), None);
        let star = text(
            b"*2470C0C06DEE42FD1618BB99005ADCA2EC9D1E19",
            Scheme::MYSQL41,
        );
        assert_eq!(
            star.as_deref(),
            Some("2470c0c06dee42fd1618bb99005adca2ec9d1e19")
        );
    }
}
