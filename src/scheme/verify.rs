//! Whether a password opens a stored value: the login path, one at a time.
//!
//! It makes no new hash and hides no timing; that is `auth`'s.

use std::fmt;

use subtle::ConstantTimeEq;
use thiserror::Error;
use zeroize::Zeroizing;

use super::forms::{self, Argon2Form, BcryptForm};
use super::{
    Declared, InnerId, Recognised, Scheme, Shape, digest, inner_text, mark, native, recognise, slow,
};
use crate::secret::{InnerSalt, Password, StoredHash};
use crate::text::{self, Charset};

/// What a legacy scheme may need besides the stored value.
#[derive(Clone, Copy, Default)]
pub struct Context<'a> {
    /// The salt from its own column.
    pub salt: Option<&'a InnerSalt>,
    /// The second salt.
    pub salt2: Option<&'a InnerSalt>,
    /// The user's name.
    pub username: Option<&'a str>,
    /// The user's id.
    pub user_id: Option<&'a str>,
    /// The charset in which old passwords were hashed, tried after UTF-8.
    pub charset: Option<Charset>,
}

/// Blind, because salts and names are nobody's business.
impl fmt::Debug for Context<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Context(..)")
    }
}

/// Why a password could not be checked. Never a word on whether it is right.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum VerifyError {
    /// The scheme is known and can't be verified yet.
    #[error("values of scheme {scheme} can't be verified yet")]
    Unsupported {
        /// The scheme.
        scheme: Scheme,
    },
    /// What stands inside a wrapped value is not known to this version.
    #[error("the inner id {inner} is not known to this version")]
    UnknownInner {
        /// The id.
        inner: InnerId,
    },
    /// A bare digest says nothing of its scheme: the credential has to.
    #[error("a bare digest ({shape}) needs a declared scheme")]
    Undeclared {
        /// Its shape.
        shape: Shape,
    },
    /// The stored value is nothing that is known.
    #[error("the stored value is of no known scheme")]
    Unrecognised,
    /// The stored value demands more work than a login may cost.
    #[error("the stored value has {parameter}={actual}, more than the {max} that a login may cost")]
    TooCostly {
        /// Which parameter.
        parameter: &'static str,
        /// The most that is allowed.
        max: u32,
        /// What the value has.
        actual: u32,
    },
    /// The hash function refused the stored parameters.
    #[error("the hash function refuses the stored parameters")]
    Parameters,
}

/// Whether the password opens the stored value.
///
/// Markers, dead values, NULL's empty bytes and '' are opened by no password. What is not known, or can't be checked, is an
/// error and never a mismatch.
pub fn verify(
    stored: &StoredHash,
    password: &Password,
    declared: Declared,
    context: &Context<'_>,
) -> Result<bool, VerifyError> {
    let value = stored.as_bytes();
    let tries = Tries::of(password, context);
    match recognise(Some(value), declared) {
        Recognised::Null | Recognised::Empty | Recognised::Marker(_) | Recognised::Dead => {
            Ok(false)
        }
        Recognised::Plaintext(text) => Ok(text.ct_eq(password.as_bytes()).into()),
        Recognised::Digest {
            shape,
            scheme: None,
        } => Err(VerifyError::Undeclared { shape }),
        Recognised::Digest {
            scheme: Some(scheme),
            ..
        } => opens_digest(value, scheme, &tries),
        Recognised::Native {
            scheme: scheme @ Scheme::MYSQL41,
            ..
        } => opens_digest(value, scheme, &tries),
        Recognised::Native { scheme, .. } => {
            let value = text::trim(value);
            tries.any(|password| opens_native(value, scheme, password))
        }
        Recognised::Wrapped { .. } => opens_wrapped(value, password, &tries),
        Recognised::LooksHashed
        | Recognised::Undecodable
        | Recognised::TooLong
        | Recognised::Unknown => Err(VerifyError::Unrecognised),
    }
}

fn opens_digest(value: &[u8], scheme: Scheme, tries: &Tries) -> Result<bool, VerifyError> {
    let stored = inner_text(value, scheme).ok_or(VerifyError::Unrecognised)?;
    tries.any(|password| {
        Ok(digest(scheme, password)
            .is_some_and(|made| made.as_bytes().ct_eq(stored.as_bytes()).into()))
    })
}

/// A string that carries its own mark: Argon2 and bcrypt, bare or behind another prefix.
fn opens_native(value: &[u8], scheme: Scheme, password: &[u8]) -> Result<bool, VerifyError> {
    let prefix_len = match scheme {
        Scheme::DJANGO_ARGON2 => "argon2".len(),
        Scheme::DJANGO_BCRYPT => "bcrypt$".len(),
        Scheme::DJANGO_BCRYPT_SHA256 => {
            let hex = digest(Scheme::SHA256, password).expect("SHA-256 takes every password");
            return opens_behind(value, "bcrypt_sha256$".len(), scheme, hex.as_bytes());
        }
        Scheme::DOVECOT_BLF_CRYPT
        | Scheme::DOVECOT_ARGON2I
        | Scheme::DOVECOT_ARGON2ID
        | Scheme::LDAP_CRYPT => {
            1 + value
                .iter()
                .position(|byte| *byte == b'}')
                .unwrap_or_default()
        }
        _ => 0,
    };
    opens_behind(value, prefix_len, scheme, password)
}

/// The `$<id>$…` that stands behind a prefix of that length. (Django writes `argon2$argon2id$…`.)
fn opens_behind(
    value: &[u8],
    prefix_len: usize,
    scheme: Scheme,
    text: &[u8],
) -> Result<bool, VerifyError> {
    let unsupported = VerifyError::Unsupported { scheme };
    let native = value
        .get(prefix_len..)
        .and_then(|native| native.strip_prefix(b"$"))
        .ok_or(unsupported)?;
    let end = native
        .iter()
        .position(|byte| *byte == b'$')
        .ok_or(unsupported)?;
    opens_crypt(&native[..end], &native[end + 1..], scheme, text)
}

/// What stands behind `$<id>$`.
fn opens_crypt(id: &[u8], rest: &[u8], scheme: Scheme, text: &[u8]) -> Result<bool, VerifyError> {
    let unsupported = VerifyError::Unsupported { scheme };
    match id {
        b"argon2id" | b"argon2i" | b"argon2d" => {
            slow::opens_argon2(&Argon2Form::read(id, rest).ok_or(unsupported)?, text)
        }
        // 2x differs from the others for 8-bit characters alone, and its bug is not rebuilt here.
        b"2x" if !text.is_ascii() => Err(unsupported),
        b"2a" | b"2b" | b"2x" | b"2y" => {
            slow::opens_bcrypt(&BcryptForm::read(rest).ok_or(unsupported)?, text)
        }
        b"pbkdf2-sha256" if scheme == Scheme::KRATOS_PBKDF2 => {
            slow::opens_pbkdf2_sha256(rest, text).ok_or(unsupported)?
        }
        _ => Err(unsupported),
    }
}

/// saltern's own wrapped values: the inner scheme first, then the outer hash over its text.
fn opens_wrapped(value: &[u8], password: &Password, tries: &Tries) -> Result<bool, VerifyError> {
    let value = std::str::from_utf8(text::trim(value)).map_err(|_| VerifyError::Unrecognised)?;
    let marked = mark::split(value).ok_or(VerifyError::Unrecognised)?;
    let scheme = forms::crypt(marked.id.as_bytes(), marked.rest.as_bytes())
        .ok_or(VerifyError::Unrecognised)?
        .0;
    let opens =
        |text: &[u8]| opens_crypt(marked.id.as_bytes(), marked.rest.as_bytes(), scheme, text);
    if marked.inner == InnerId::SHA384_B64 {
        return opens(&native::base64_sha384(password.as_bytes()));
    }
    let long = marked.inner.short();
    let inner = long.unwrap_or(marked.inner);
    let opens_inner = |text: &[u8]| {
        if long.is_some() {
            opens(&native::base64_sha384(text))
        } else {
            opens(text)
        }
    };
    if inner == InnerId::ANSWER1 {
        let Ok(answer) = std::str::from_utf8(password.as_bytes()) else {
            return Ok(false);
        };
        return opens_inner(Zeroizing::new(text::answer1(answer)).as_bytes());
    }
    let scheme = Scheme::by_inner_id(&inner).ok_or(VerifyError::UnknownInner {
        inner: marked.inner,
    })?;
    tries.any(|password| match digest(scheme, password) {
        Some(text) => opens_inner(text.as_bytes()),
        None => Ok(false),
    })
}

/// The password as the bytes that may have been hashed: as it was sent, then in the legacy charset.
///
/// How many there are depends on the password and the configuration, never on the stored value.
struct Tries {
    sent: Zeroizing<Vec<u8>>,
    legacy: Option<Zeroizing<Vec<u8>>>,
}

impl Tries {
    fn of(password: &Password, context: &Context<'_>) -> Self {
        let sent = password.as_bytes();
        let legacy = context
            .charset
            .filter(|_| !sent.is_ascii())
            .and_then(|charset| {
                text::encode(std::str::from_utf8(sent).ok()?, charset)
                    .map(|bytes| Zeroizing::new(bytes.into_owned()))
            });
        Self {
            sent: Zeroizing::new(sent.to_vec()),
            legacy,
        }
    }

    fn any(
        &self,
        mut opens: impl FnMut(&[u8]) -> Result<bool, VerifyError>,
    ) -> Result<bool, VerifyError> {
        let sent = opens(&self.sent)?;
        match &self.legacy {
            Some(legacy) => Ok(opens(legacy)? | sent),
            None => Ok(sent),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scheme::{BcryptPrefix, Outer, derive, format, outer_input, wrap};

    const CHEAP: Outer = Outer::Argon2id {
        memory_kib: 64,
        iterations: 1,
        parallelism: 1,
    };
    const BCRYPT: Outer = Outer::Bcrypt {
        cost: 4,
        prefix: BcryptPrefix::B,
    };
    const SALT: [u8; 16] = *b"0123456789abcdef";

    fn opens(stored: &str, password: &str, declared: Declared) -> Result<bool, VerifyError> {
        verify(
            &StoredHash::new(stored),
            &Password::new(password),
            declared,
            &Context::default(),
        )
    }

    fn check(stored: &str, password: &str, declared: Declared) {
        assert_eq!(opens(stored, password, declared), Ok(true));
        for wrong in [
            "",
            "wrong",
            stored,
            &format!("{password}x"),
            &password.to_uppercase(),
        ] {
            if wrong != password {
                assert_eq!(opens(stored, wrong, declared), Ok(false));
            }
        }
    }

    /// What a run stores for a text.
    fn stored(outer: &Outer, text: &str, inner: Option<&str>) -> String {
        let inner = inner.map(|id| InnerId::parse(id).expect("a good id"));
        let input = outer_input(outer, text.as_bytes(), inner.as_ref()).expect("an id with room");
        let hash = derive(outer, &SALT, &input.text).expect("good parameters");
        let native = format(outer, &SALT, &hash);
        input
            .inner
            .map_or(native.clone(), |inner| wrap(&native, &inner, None))
    }

    #[test]
    fn a_native_string_is_opened_by_its_password() {
        check(&stored(&CHEAP, "secret", None), "secret", Declared::Auto);
        check(&stored(&BCRYPT, "secret", None), "secret", Declared::Auto);
        let padded = stored(&CHEAP, "secret", None) + "  \n";
        check(&padded, "secret", Declared::Auto);
    }

    #[test]
    fn every_wrapped_digest_is_opened_by_the_old_password() {
        for scheme in Scheme::all() {
            let (Some(inner), Some(text)) =
                (scheme.inner_id(), digest(scheme, "Pässwörd".as_bytes()))
            else {
                continue;
            };
            check(
                &stored(&CHEAP, &text, Some(inner.as_str())),
                "Pässwörd",
                Declared::Auto,
            );
        }
    }

    #[test]
    fn a_long_digest_and_a_long_password_are_opened_through_bcrypt() {
        let text = digest(Scheme::SHA512, b"secret").expect("a digest");
        let wrapped = stored(&BCRYPT, &text, Some("sha512"));
        assert!(wrapped.starts_with("$2b--sha512-b64s384$04$"));
        check(&wrapped, "secret", Declared::Auto);
        let long = "a".repeat(100);
        check(&stored(&BCRYPT, &long, None), &long, Declared::Auto);
        check(&stored(&BCRYPT, "a\0b", None), "a\0b", Declared::Auto);
    }

    #[test]
    fn the_inner_digest_itself_does_not_open_a_wrapped_value() {
        let text = digest(Scheme::MD5, b"secret").expect("a digest");
        assert_eq!(
            opens(&stored(&CHEAP, &text, Some("md5")), &text, Declared::Auto),
            Ok(false)
        );
    }

    #[test]
    fn an_answer_is_opened_in_any_spelling() {
        let answer = stored(&CHEAP, &text::answer1("Mr. Straße"), Some("answer1"));
        for spelling in ["mr. strasse", " MR.  STRASSE ", "Mr.\u{a0}Straße"] {
            assert_eq!(opens(&answer, spelling, Declared::Auto), Ok(true));
        }
        assert_eq!(opens(&answer, "mr strasse", Declared::Auto), Ok(false));
    }

    #[test]
    fn a_declared_digest_is_opened_in_any_case_and_padding() {
        let declared = Declared::Scheme(Scheme::MD5);
        check(" 5EBE2294ECD0E0F08EAB7690D2A6EE69\n", "secret", declared);
        assert!(matches!(
            opens("5ebe2294ecd0e0f08eab7690d2a6ee69", "secret", Declared::Auto),
            Err(VerifyError::Undeclared { .. })
        ));
    }

    #[test]
    fn a_declared_plaintext_is_opened_byte_for_byte() {
        let declared = Declared::Scheme(Scheme::PLAINTEXT);
        check(" Secret ", " Secret ", declared);
        assert_eq!(opens(" Secret ", "Secret", declared), Ok(false));
        assert_eq!(opens("", "", declared), Ok(false));
    }

    #[test]
    fn no_password_opens_a_marker() {
        for marker in ["", "!", "*", "x", "!saltern:reset:0123456789abcdefghijkl"] {
            for declared in [Declared::Auto, Declared::Scheme(Scheme::MD5)] {
                assert_eq!(opens(marker, marker, declared), Ok(false));
            }
        }
    }

    #[test]
    fn the_legacy_charset_is_tried_after_utf_8() {
        let declared = Declared::Scheme(Scheme::MD5);
        let stored = StoredHash::new(
            digest(Scheme::MD5, b"caf\xe9")
                .expect("a digest")
                .as_bytes(),
        );
        let context = Context {
            charset: Charset::by_name("latin1"),
            ..Context::default()
        };
        assert_eq!(
            verify(&stored, &Password::new("café"), declared, &context),
            Ok(true)
        );
        assert_eq!(
            verify(
                &stored,
                &Password::new("café"),
                declared,
                &Context::default()
            ),
            Ok(false)
        );
    }

    #[test]
    fn what_cannot_be_checked_is_an_error_and_no_mismatch() {
        let md5crypt = "$1$abcdefgh$0123456789012345678901";
        assert_eq!(
            opens(md5crypt, "x", Declared::Auto),
            Err(VerifyError::Unsupported {
                scheme: Scheme::MD5CRYPT
            })
        );
        assert_eq!(
            opens("gibberish", "gibberish", Declared::Auto),
            Err(VerifyError::Unrecognised)
        );
        let unknown = stored(&CHEAP, "x", Some("x-abcd2345"));
        assert!(matches!(
            opens(&unknown, "x", Declared::Auto),
            Err(VerifyError::UnknownInner { .. })
        ));
    }
}
