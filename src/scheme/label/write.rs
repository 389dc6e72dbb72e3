//! How a new value is spelt: in saltern's own way, or as a platform's verifiers name their hashes.
//!
//! Values to store are made by `maker`. What is written is read in `read`.

use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};

use super::names::{
    DJANGO_JOINT, MEDIAWIKI_ARGON2, MEDIAWIKI_JOINT, SPRING_JOINT, django_name, spring_id,
};
use super::native::native_string;
use crate::scheme::value::{Dialect, InnerId, Outer};

/// What a wrapped value says of what stands inside.
#[derive(Clone, Copy)]
pub struct Label<'a> {
    /// The id of the inner scheme.
    pub inner: &'a InnerId,
    /// What the legacy string carried besides its digest.
    pub is: Option<&'a [u8]>,
}

impl Dialect {
    /// Whether the dialect has a spelling of its own for that hash. Spring's PBKDF2 strings don't
    /// say how many rounds they have. MediaWiki's bcrypt and PBKDF2 have parameters, salt and hash
    /// apart, and no place for a label.
    pub fn spells(self, outer: &Outer) -> bool {
        match self {
            Self::Phc | Self::Django => true,
            Self::Spring => spring_id(outer).is_some(),
            Self::Mediawiki => matches!(outer, Outer::Argon2id { .. }),
        }
    }

    /// The salt that goes into the hash.
    ///
    /// Django's PBKDF2 takes the salt's text, so there the random bytes become text first.
    pub(in crate::scheme) fn salt(self, outer: &Outer, random: &[u8; 16]) -> Vec<u8> {
        match (self, outer) {
            (Self::Django, Outer::Pbkdf2Sha256 { .. }) => {
                STANDARD_NO_PAD.encode(random).into_bytes()
            }
            _ => random.to_vec(),
        }
    }

    /// The value to store for a hash over the same random bytes: wrapped where there is a label,
    /// native otherwise.
    ///
    /// A hash that the dialect has no spelling for is spelt as under [`Dialect::Phc`].
    pub(in crate::scheme) fn spell(
        self,
        outer: &Outer,
        random: &[u8; 16],
        digest: &[u8],
        label: Option<Label<'_>>,
    ) -> String {
        let native = || native_string(outer, random, digest);
        let mut value = match self {
            Self::Django => django_name(outer).to_owned(),
            Self::Spring if let Some(id) = spring_id(outer) => format!("{{{id}"),
            Self::Mediawiki if self.spells(outer) => MEDIAWIKI_ARGON2.to_owned(),
            Self::Phc | Self::Spring | Self::Mediawiki => {
                return match label {
                    None => native(),
                    Some(label) => wrap(&native(), label.inner, label.is),
                };
            }
        };
        if let Some(label) = label {
            value.push_str(self.joint(outer));
            value.push_str(&self.label(label.inner));
        }
        match (self, outer) {
            (Self::Django, Outer::Pbkdf2Sha256 { iterations }) => {
                // Writing to a string cannot fail.
                let _ = write!(value, "${iterations}$");
                STANDARD_NO_PAD.encode_string(random, &mut value);
                value.push('$');
                STANDARD.encode_string(digest, &mut value);
            }
            // Django writes `argon2$argon2id$…` and `bcrypt$$2b$…`: the name, a dollar, and the
            // library's string. For Argon2 that string has lost its own first dollar.
            (Self::Django, Outer::Bcrypt { .. }) => {
                value.push('$');
                value.push_str(&native());
            }
            (Self::Spring, _) => {
                value.push('}');
                value.push_str(&native());
            }
            (Self::Mediawiki, _) => {
                value.push(':');
                value.push_str(&native());
            }
            _ => value.push_str(&native()),
        }
        push_setting(&mut value, label.and_then(|label| label.is));
        value
    }

    /// An inner id, as this dialect writes it.
    pub(in crate::scheme) fn label(self, inner: &InnerId) -> String {
        match self {
            Self::Django => inner.as_str().replace('-', "_"),
            Self::Phc | Self::Spring | Self::Mediawiki => inner.as_str().to_owned(),
        }
    }

    /// What stands between the name of the outer hash and the inner id.
    pub(in crate::scheme) fn joint(self, outer: &Outer) -> &'static str {
        match self {
            Self::Django => DJANGO_JOINT,
            Self::Spring if self.spells(outer) => SPRING_JOINT,
            Self::Mediawiki if self.spells(outer) => MEDIAWIKI_JOINT,
            Self::Phc | Self::Spring | Self::Mediawiki => "--",
        }
    }
}

/// Labels a native string (`$id$…`) as a wrap of `inner`, in the dialect [`Dialect::Phc`]. The
/// setting `is` goes behind it.
///
/// Another text comes back unchanged: it would be no native string.
pub fn wrap(native: &str, inner: &InnerId, is: Option<&[u8]>) -> String {
    let Some((id, rest)) = native
        .strip_prefix('$')
        .and_then(|text| text.split_once('$'))
    else {
        debug_assert!(false, "only native strings are wrapped");
        return native.to_owned();
    };
    let mut wrapped = format!("${id}--{inner}${rest}");
    push_setting(&mut wrapped, is);
    wrapped
}

/// Writes what a legacy string carried behind a value.
pub(in crate::scheme) fn push_setting(value: &mut String, is: Option<&[u8]>) {
    if let Some(is) = is {
        value.push_str("$is=");
        STANDARD_NO_PAD.encode_string(is, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scheme::{
        BcryptPrefix, Context, Declared, Recognised, derive, is_saltern, recognise, unlabel, verify,
    };
    use crate::secret::{Password, StoredHash};

    const ARGON2ID: Outer = Outer::Argon2id {
        memory_kib: 64,
        iterations: 1,
        parallelism: 1,
    };
    const BCRYPT: Outer = Outer::Bcrypt {
        cost: 4,
        prefix: BcryptPrefix::B,
    };
    const PBKDF2: Outer = Outer::Pbkdf2Sha256 { iterations: 7 };
    const RANDOM: [u8; 16] = *b"0123456789abcdef";
    const MD5: &str = "5ebe2294ecd0e0f08eab7690d2a6ee69";

    fn spelt(dialect: Dialect, outer: &Outer, text: &str, label: Option<Label<'_>>) -> String {
        let digest = derive(outer, &dialect.salt(outer, &RANDOM), text.as_bytes());
        dialect.spell(outer, &RANDOM, &digest.expect("good parameters"), label)
    }

    fn opens(stored: &str, password: &str) -> bool {
        let (stored, password) = (StoredHash::new(stored), Password::new(password));
        verify(&stored, &password, Declared::Auto, &Context::default()) == Ok(true)
    }

    fn check_front(dialect: Dialect, outer: &Outer, inner: Option<&str>, front: &str) {
        let inner = inner.map(|id| InnerId::parse(id).expect("a good id"));
        let label = inner.as_ref().map(|inner| Label { inner, is: None });
        let value = spelt(dialect, outer, MD5, label);
        assert!(value.starts_with(front), "{value}");
    }

    #[test]
    fn the_fronts_are_those_of_the_platforms() {
        let b = Some("sha512-b64s384");
        for (dialect, outer, inner, front) in [
            (Dialect::Phc, ARGON2ID, None, "$argon2id$v=19$m=64,"),
            (Dialect::Phc, BCRYPT, b, "$2b--sha512-b64s384$04$"),
            (
                Dialect::Django,
                ARGON2ID,
                None,
                "argon2$argon2id$v=19$m=64,",
            ),
            (
                Dialect::Django,
                ARGON2ID,
                Some("md5"),
                "argon2_wrapped_md5$argon2id$v=19$m=64,",
            ),
            (Dialect::Django, BCRYPT, None, "bcrypt$$2b$04$"),
            (
                Dialect::Django,
                BCRYPT,
                b,
                "bcrypt_wrapped_sha512_b64s384$$2b$04$",
            ),
            (
                Dialect::Django,
                PBKDF2,
                None,
                "pbkdf2_sha256$7$MDEyMzQ1Njc4OWFiY2RlZg$",
            ),
            (
                Dialect::Django,
                PBKDF2,
                Some("md5"),
                "pbkdf2_sha256_wrapped_md5$7$MDEyMzQ1Njc4OWFiY2RlZg$",
            ),
            (Dialect::Spring, ARGON2ID, None, "{argon2}$argon2id$v=19$"),
            (
                Dialect::Spring,
                ARGON2ID,
                Some("md5"),
                "{argon2-md5}$argon2id$v=19$",
            ),
            (Dialect::Spring, BCRYPT, None, "{bcrypt}$2b$04$"),
            (Dialect::Spring, BCRYPT, b, "{bcrypt-sha512-b64s384}$2b$04$"),
            (Dialect::Spring, PBKDF2, None, "$pbkdf2-sha256$i=7,l=32$"),
            (
                Dialect::Mediawiki,
                ARGON2ID,
                None,
                ":argon2:$argon2id$v=19$m=64,",
            ),
            (
                Dialect::Mediawiki,
                ARGON2ID,
                Some("mw-b"),
                ":argon2-mw-b:$argon2id$v=19$m=64,",
            ),
            (Dialect::Mediawiki, BCRYPT, b, "$2b--sha512-b64s384$04$"),
        ] {
            check_front(dialect, &outer, inner, front);
        }
    }

    #[test]
    fn a_value_wrapped_under_any_dialect_is_read_and_opened_whatever_is_configured() {
        let inner = InnerId::parse("md5").expect("a good id");
        for dialect in Dialect::ALL {
            for outer in [ARGON2ID, BCRYPT, PBKDF2] {
                let label = Label {
                    inner: &inner,
                    is: None,
                };
                let value = spelt(dialect, &outer, MD5, Some(label));
                assert!(is_saltern(value.as_bytes()), "{value}");
                let recognised = recognise(Some(value.as_bytes()), Declared::Auto);
                let Recognised::Wrapped {
                    outer: scheme,
                    inner: found,
                    params,
                } = recognised
                else {
                    panic!("{value}: {recognised:?}");
                };
                assert_eq!((scheme, found), (outer.scheme(), inner));
                assert_eq!(params, outer.strength());
                assert!(opens(&value, "secret"), "{value}");
                assert!(!opens(&value, "Secret"), "{value}");
                assert!(!opens(&value, MD5), "a leaked digest opens {value}");
            }
        }
    }

    #[test]
    fn unmark_gives_the_same_native_string_under_every_dialect() {
        let inner = InnerId::parse("md5-ps").expect("a good id");
        for outer in [ARGON2ID, BCRYPT, PBKDF2] {
            for dialect in Dialect::ALL {
                let label = Label {
                    inner: &inner,
                    is: Some(b"salt"),
                };
                let value = spelt(dialect, &outer, MD5, Some(label));
                let unlabelled = unlabel(&value).expect("a wrapped value");
                let salt = dialect.salt(&outer, &RANDOM);
                let digest = derive(&outer, &salt, MD5.as_bytes()).expect("good parameters");
                assert_eq!(unlabelled.native, native_string(&outer, &salt, &digest));
                assert_eq!(unlabelled.inner, inner);
                assert_eq!(unlabelled.is.as_deref(), Some(&b"salt"[..]));
            }
        }
    }

    #[test]
    fn a_native_value_is_not_wrapped_under_any_dialect() {
        for dialect in Dialect::ALL {
            for outer in [ARGON2ID, BCRYPT, PBKDF2] {
                let value = spelt(dialect, &outer, "secret", None);
                assert!(!is_saltern(value.as_bytes()), "{value}");
                assert_eq!(unlabel(&value), None);
            }
        }
    }

    #[test]
    fn every_dialect_is_found_by_its_name() {
        for dialect in Dialect::ALL {
            assert_eq!(Dialect::parse(dialect.as_str()), Some(dialect));
        }
        assert_eq!(Dialect::parse("Django"), None);
    }
}
