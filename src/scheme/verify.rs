//! Whether a password opens a stored value: the login path, one at a time.
//!
//! It makes no new hash and hides no timing; that is `auth`'s.

use std::fmt;

use subtle::ConstantTimeEq;
use thiserror::Error;
use zeroize::Zeroizing;

use super::{
    Declared, InnerId, Recognised, Scheme, Shape, Taken, Unmarked, forms, mark, native, recognise,
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
    /// The scheme takes something from another column that was not given.
    #[error("scheme {scheme} needs the {what}, which was not given")]
    Missing {
        /// The scheme.
        scheme: Scheme,
        /// What is missing.
        what: &'static str,
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
        }
        | Recognised::Native { scheme, .. } => verify_as(stored, password, scheme, context),
        Recognised::Wrapped { .. } => {
            let value =
                std::str::from_utf8(text::trim(value)).map_err(|_| VerifyError::Unrecognised)?;
            let unmarked = mark::unmark(value).ok_or(VerifyError::Unrecognised)?;
            opens_wrapped(&unmarked, password, context)
        }
        Recognised::LooksHashed
        | Recognised::Undecodable
        | Recognised::TooLong
        | Recognised::Unknown => Err(VerifyError::Unrecognised),
    }
}

/// Whether the password opens the stored value, taken for one of that scheme whatever else it may look like.
pub fn verify_as(
    stored: &StoredHash,
    password: &Password,
    scheme: Scheme,
    context: &Context<'_>,
) -> Result<bool, VerifyError> {
    if scheme == Scheme::PLAINTEXT {
        return Ok(stored.as_bytes().ct_eq(password.as_bytes()).into());
    }
    let value = scheme.bare(stored.as_bytes());
    Tries::of(password, context).any(|password| opens(scheme, value, password, context))
}

/// The canonical text that a scheme makes of a password with the setting of a stored value ([`super::Taken`]); none where no value of
/// the scheme has a password of these bytes.
pub fn make(
    scheme: Scheme,
    setting: &[u8],
    password: &[u8],
    context: &Context<'_>,
) -> Result<Option<Zeroizing<String>>, VerifyError> {
    scheme.family().make(scheme, setting, password, context)
}

/// Makes the text of the value from the password, and compares.
fn opens(
    scheme: Scheme,
    value: &[u8],
    password: &[u8],
    context: &Context<'_>,
) -> Result<bool, VerifyError> {
    let Some(taken) = scheme.family().take(scheme, value) else {
        // A string that carries the scheme's mark and can't be taken apart is of a kind that is only recognised.
        return Err(if scheme.is_marked() {
            VerifyError::Unsupported { scheme }
        } else {
            VerifyError::Unrecognised
        });
    };
    opens_taken(scheme, &taken, password, context)
}

/// Whether the bytes open a value of that scheme that was taken apart ([`super::take`]): for whoever tries many passwords on one value.
pub fn opens_taken(
    scheme: Scheme,
    taken: &Taken,
    password: &[u8],
    context: &Context<'_>,
) -> Result<bool, VerifyError> {
    let is_right = |made: Option<Zeroizing<String>>| {
        made.is_some_and(|made| made.as_bytes().ct_eq(taken.text.as_bytes()).into())
    };
    let right = is_right(make(scheme, &taken.setting, password, context)?);
    match scheme.family().twin(scheme, &taken.setting) {
        Some((twin, setting)) => Ok(is_right(make(twin, &setting, password, context)?) | right),
        None => Ok(right),
    }
}

/// saltern's own wrapped values: the inner scheme first, then the outer hash over its text.
fn opens_wrapped(
    unmarked: &Unmarked,
    password: &Password,
    context: &Context<'_>,
) -> Result<bool, VerifyError> {
    let native = unmarked.native.as_bytes();
    let outer = forms::native(native).ok_or(VerifyError::Unrecognised)?.0;
    let opens_outer = |text: &[u8]| opens(outer, native, text, &Context::default());
    let tries = Tries::of(password, context);
    if unmarked.inner == InnerId::SHA384_B64 {
        return tries.any(|password| opens_outer(&native::base64_sha384(password)));
    }
    let long = unmarked.inner.short();
    let inner = long.unwrap_or(unmarked.inner);
    let opens_inner = |text: &[u8]| {
        if long.is_some() {
            opens_outer(&native::base64_sha384(text))
        } else {
            opens_outer(text)
        }
    };
    // A password that can't be one of the inner scheme's costs what every other one does.
    let opens_none = || opens_inner(b"").map(|_| false);
    if inner == InnerId::ANSWER1 {
        return tries.any(|password| match std::str::from_utf8(password) {
            Ok(answer) => opens_inner(Zeroizing::new(text::answer1(answer)).as_bytes()),
            Err(_) => opens_none(),
        });
    }
    let scheme = Scheme::by_inner_id(&inner).ok_or(VerifyError::UnknownInner {
        inner: unmarked.inner,
    })?;
    let setting = unmarked.is.as_deref().unwrap_or_default();
    let opens_as =
        |scheme, setting: &[u8], password: &[u8]| match make(scheme, setting, password, context)? {
            Some(text) => opens_inner(text.as_bytes()),
            None => opens_none(),
        };
    let twin = scheme.family().twin(scheme, setting);
    tries.any(|password| {
        let right = opens_as(scheme, setting, password)?;
        match &twin {
            Some((twin, setting)) => Ok(opens_as(*twin, setting, password)? | right),
            None => Ok(right),
        }
    })
}

/// Under how many spellings a login tries a password: as it was sent, and in the configured charset where that gives other bytes.
///
/// It depends on the password and the configuration alone, so that the time of a login says nothing of the stored value.
pub fn spellings(password: &Password, context: &Context<'_>) -> usize {
    1 + usize::from(Tries::of(password, context).legacy.is_some())
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
    use crate::scheme::{BcryptPrefix, Outer, derive, digest, format, outer_input, wrap};

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
        let (value, password) = (StoredHash::new("gibberish"), Password::new("x"));
        assert_eq!(
            verify_as(&value, &password, Scheme::MD5CRYPT, &Context::default()),
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
