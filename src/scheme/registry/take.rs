//! Values taken apart, and the digests of passwords, by a scheme's row.
//!
//! One value at a time. `digest` is for logins, proofs and tests; runs ask `take` and `reveal`.

use zeroize::Zeroizing;

use crate::scheme::expression::Inputs;
use crate::scheme::value::{Context, Needs, Scheme, Taken};

/// The password in a stored value that gives it away.
///
/// None for every other scheme, and for a value that is not of the scheme's form.
pub fn reveal(value: &[u8], scheme: Scheme) -> Option<Zeroizing<Vec<u8>>> {
    scheme.family().reveal(scheme, scheme.bare(value))
}

/// Takes a stored value of that scheme apart.
///
/// None where it is not of the scheme's form, or the scheme is only recognised.
pub fn take(value: &[u8], scheme: Scheme) -> Option<Taken> {
    scheme.family().take(scheme, scheme.bare(value))
}

/// The canonical text (lowercase hex) that this scheme gives for a password.
///
/// None for a scheme that is no unsalted digest, and for a password that it can't take: those over
/// UTF-16 take UTF-8 alone.
pub fn digest(scheme: Scheme, password: &[u8]) -> Option<Zeroizing<String>> {
    scheme.shape()?;
    let Some(expression) = scheme.expression() else {
        let made = scheme.family();
        return made.make(scheme, &[], password, &Context::default()).ok()?;
    };
    if expression.needs != Needs::default() {
        return None;
    }
    expression.text(&Inputs {
        pass: password,
        salt: &[],
        salt2: &[],
        username: &[],
        user_id: &[],
        site: None,
    })
}

/// The canonical text of a stored digest of that scheme: what goes into the outer hash when the
/// value is wrapped.
///
/// `None` for a value that isn't of the scheme's form, and for a scheme that can't be wrapped.
pub fn inner_text(value: &[u8], scheme: Scheme) -> Option<Zeroizing<String>> {
    scheme.inner_id().filter(|_| !scheme.is_open())?;
    take(value, scheme).map(|taken| taken.text)
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
        for scheme in Scheme::all().filter(|scheme| !scheme.salted()) {
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
