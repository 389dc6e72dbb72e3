//! The ways in: a value that is recognised first, and one that is taken for a given scheme.

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::opening::{Opening, ReadExtent};
use super::recompute::{opens_taken, taken};
use super::tries::Tries;
use super::wrapped::open_wrapped;
use crate::scheme::label::unlabel;
use crate::scheme::recognise::recognise;
use crate::scheme::value::{Context, Declared, Recognised, Scheme, VerifyError};
use crate::secret::{Password, StoredHash};
use crate::text::{self};

/// Whether the password opens the stored value.
///
/// Markers, dead values, NULL's empty bytes and '' are opened by no password. What is not known, or
/// can't be checked, is an error and never a mismatch.
pub fn verify(
    stored: &StoredHash,
    password: &Password,
    declared: Declared,
    context: &Context<'_>,
) -> Result<bool, VerifyError> {
    open(stored, password, declared, context).map(|opening| opening.is_some())
}

/// The same with how the password opened it; none where it doesn't.
///
/// # Errors
/// Those of [`verify`].
pub fn open(
    stored: &StoredHash,
    password: &Password,
    declared: Declared,
    context: &Context<'_>,
) -> Result<Option<Opening>, VerifyError> {
    let value = stored.as_bytes();
    match recognise(Some(value), declared) {
        Recognised::Null | Recognised::Empty | Recognised::Marker(_) | Recognised::Dead => Ok(None),
        Recognised::Plaintext(text) => Ok(open_plaintext(text, password)),
        Recognised::Digest { scheme: None, .. } if let Declared::Scheme(open) = declared => {
            open_as(stored, password, open, context)
        }
        Recognised::Digest {
            shape,
            scheme: None,
        } => Err(VerifyError::Undeclared { shape }),
        Recognised::Digest {
            scheme: Some(scheme),
            ..
        }
        | Recognised::Native { scheme, .. } => open_as(stored, password, scheme, context),
        Recognised::Wrapped { .. } => {
            let value =
                std::str::from_utf8(text::trim(value)).map_err(|_| VerifyError::Unrecognised)?;
            let unlabelled = unlabel(value).ok_or(VerifyError::Unrecognised)?;
            open_wrapped(&unlabelled, password, context)
        }
        Recognised::LooksHashed
        | Recognised::Undecodable
        | Recognised::TooLong
        | Recognised::Unknown => Err(VerifyError::Unrecognised),
    }
}

/// Whether the password opens the stored value, taken for one of that scheme whatever else it may
/// look like.
pub fn verify_as(
    stored: &StoredHash,
    password: &Password,
    scheme: Scheme,
    context: &Context<'_>,
) -> Result<bool, VerifyError> {
    open_as(stored, password, scheme, context).map(|opening| opening.is_some())
}

fn open_as(
    stored: &StoredHash,
    password: &Password,
    scheme: Scheme,
    context: &Context<'_>,
) -> Result<Option<Opening>, VerifyError> {
    if scheme == Scheme::PLAINTEXT {
        return Ok(open_plaintext(stored.as_bytes(), password));
    }
    if scheme.is_open() {
        return open_by_any_line(stored, password, scheme, context);
    }
    let taken = taken(scheme, scheme.bare(stored.as_bytes()))?;
    let tries = Tries::of(password, context);
    let opened =
        tries.opened_by(|password, context| opens_taken(scheme, &taken, password, context))?;
    Ok(opened.map(|by| Opening::of(scheme, &taken.setting, &by, context)))
}

/// Which line of the site-wide salts made the value, nobody knows: all are tried, whichever opens
/// it.
fn open_by_any_line(
    stored: &StoredHash,
    password: &Password,
    scheme: Scheme,
    context: &Context<'_>,
) -> Result<Option<Opening>, VerifyError> {
    let site = context.site.ok_or(VerifyError::Missing {
        scheme,
        what: "site_salt_file",
    })?;
    let mut opened = None;
    for of_line in scheme.with_site_lines(site) {
        let by_line = open_as(stored, password, of_line, context)?;
        opened = opened.or(by_line);
    }
    Ok(opened)
}

fn open_plaintext(text: &[u8], password: &Password) -> Option<Opening> {
    let is_right: bool = text.ct_eq(password.as_bytes()).into();
    is_right.then(|| Opening {
        reading: ReadExtent::Whole,
        inner: None,
        is_padded_otherwise: false,
        password: Zeroizing::new(password.as_bytes().to_vec()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scheme::InnerId;
    use crate::scheme::{BcryptPrefix, Outer, derive, digest, native_string, outer_input, wrap};
    use crate::secret::SiteSalts;
    use crate::text::Charset;

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
        let native = native_string(outer, &SALT, &hash);
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

    #[test]
    fn a_site_wide_salt_is_tried_line_by_line_and_a_wrap_names_its_line() {
        let site = SiteSalts::new(["one", "two"]).expect("two lines");
        let open = Scheme::parse("md5(site.pass)").expect("an expression");
        let context = Context {
            site: Some(&site),
            ..Context::default()
        };
        let md5 = |text: &str| digest(Scheme::MD5, text.as_bytes()).expect("a digest");
        let opens = |stored: &str, context: &Context<'_>| {
            verify(
                &StoredHash::new(stored),
                &Password::new("secret"),
                Declared::Scheme(open),
                context,
            )
        };
        for line in ["one", "two"] {
            assert_eq!(opens(&md5(&format!("{line}secret")), &context), Ok(true));
        }
        assert_eq!(opens(&md5("threesecret"), &context), Ok(false));
        assert!(matches!(
            opens(&md5("onesecret"), &Context::default()),
            Err(VerifyError::Missing { .. })
        ));
        let of_line = open.with_site_lines(&site)[1].inner_id().expect("an id");
        let right = stored(&CHEAP, &md5("twosecret"), Some(of_line.as_str()));
        let wrong = stored(&CHEAP, &md5("onesecret"), Some(of_line.as_str()));
        assert_eq!(opens(&right, &context), Ok(true));
        assert_eq!(opens(&wrong, &context), Ok(false));
        let first = SiteSalts::new(["one"]).expect("a line");
        let short = Context {
            site: Some(&first),
            ..Context::default()
        };
        assert!(matches!(
            opens(&right, &short),
            Err(VerifyError::Missing { .. })
        ));
    }
}
