//! The label of a wrapped value, read in every dialect.
//!
//! To take the label off is `^\$([a-z0-9-]+?)--([a-z0-9-]+)\$(.*?)(?:\$is=([A-Za-z0-9+/]*))?$` to
//! `$\1$\3`, exactly, and its like for the platforms' dialects. Labels are written in `write`.

use std::fmt;
use std::ops::Range;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};

use super::names::{DJANGO_JOINT, MEDIAWIKI_ARGON2, MEDIAWIKI_JOINT, SPRING_JOINT};
use crate::scheme::format;
use crate::scheme::value::{Dialect, InnerId};
use crate::text;

/// How saltern's dead values begin.
pub(in crate::scheme) const DEAD_PREFIX: &[u8] = b"!saltern:";

/// A wrapped value taken apart.
#[derive(Clone, PartialEq, Eq)]
pub struct Unlabelled {
    /// The native string (`$id$…`): what the platform's own verifier takes.
    pub native: String,
    /// What stands inside.
    pub inner: InnerId,
    /// What the legacy string carried besides its digest.
    pub is: Option<Vec<u8>>,
}

/// Blind: the native string is a hash.
impl fmt::Debug for Unlabelled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Unlabelled(.. over {})", self.inner)
    }
}

/// A wrapped value taken apart in place.
pub(in crate::scheme) struct LabelledValue<'v> {
    pub(in crate::scheme) inner: InnerId,
    pub(in crate::scheme) dialect: Dialect,
    /// Where the inner id stands.
    pub(in crate::scheme) label: Range<usize>,
    body: Body<'v>,
    pub(in crate::scheme) is: Option<&'v str>,
}

/// What stands behind the label.
#[derive(Clone, Copy)]
enum Body<'v> {
    /// The native string is `$<id>$<rest>`.
    Dollar { id: &'v str, rest: &'v str },
    /// Django's PBKDF2, `<iterations>$<salt>$<hash>`: no platform writes a `$<id>$…` for it.
    DjangoPbkdf2(&'v str),
}

/// Takes a wrapped value apart; `None` for every other text.
pub fn unlabel(value: &str) -> Option<Unlabelled> {
    let labelled = split(value)?;
    let is = match labelled.is {
        Some(text) => Some(STANDARD_NO_PAD.decode(text).ok()?),
        None => None,
    };
    Some(Unlabelled {
        native: labelled.body.native()?,
        inner: labelled.inner,
        is,
    })
}

/// Whether the value is saltern's own: a wrapped value or `!saltern:…`. Such a value is never
/// wrapped again.
pub fn is_saltern(value: &[u8]) -> bool {
    let value = text::trim(value);
    value.starts_with(DEAD_PREFIX)
        || std::str::from_utf8(value).is_ok_and(|value| split(value).is_some())
}

/// Whether a trimmed value may be a wrapped one. Few others get past this.
pub(in crate::scheme) fn may_be_labelled(value: &[u8]) -> bool {
    match value.first() {
        // An identifier with its label is near the front.
        Some(b'$') => value[..value.len().min(2 * InnerId::LEN_MAX)]
            .windows(2)
            .any(|pair| pair == b"--"),
        Some(b':') => value.starts_with(b":argon2-"),
        Some(b'{') => value.starts_with(b"{argon2-") || value.starts_with(b"{bcrypt-"),
        Some(b'a' | b'b' | b'p') => [&b"argon2_w"[..], b"bcrypt_w", b"pbkdf2_sha256_w"]
            .iter()
            .any(|front| value.starts_with(front)),
        _ => false,
    }
}

/// Reads a wrapped value of any dialect, without an allocation.
///
/// An inner id that breaks the rule for ids is no match.
pub(in crate::scheme) fn split(value: &str) -> Option<LabelledValue<'_>> {
    if value.as_bytes().contains(&b'\n') {
        return None;
    }
    match value.as_bytes().first()? {
        b'$' => split_phc(value),
        b'{' => split_spring(value),
        b':' => split_mediawiki(value),
        _ => split_django(value),
    }
}

/// The regular expression above.
fn split_phc(value: &str) -> Option<LabelledValue<'_>> {
    let (name, body) = value.strip_prefix('$')?.split_once('$')?;
    // The id is as short as can be, but one character at least.
    let at = 1 + name
        .as_bytes()
        .get(1..)?
        .windows(2)
        .position(|pair| pair == b"--")?;
    let (id, inner) = (name.get(..at)?, name.get(at + 2..)?);
    if !id
        .bytes()
        .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
    {
        return None;
    }
    let (rest, is) = split_setting(body);
    Some(LabelledValue {
        inner: InnerId::parse(inner)?,
        dialect: Dialect::Phc,
        label: 1 + at + 2..1 + name.len(),
        body: Body::Dollar { id, rest },
        is,
    })
}

/// `argon2_wrapped_<inner>$argon2id$…`, `bcrypt_wrapped_<inner>$$2b$…`,
/// `pbkdf2_sha256_wrapped_<inner>$…`.
fn split_django(value: &str) -> Option<LabelledValue<'_>> {
    let (name, body) = value.split_once('$')?;
    let (outer, label) = name.split_once(DJANGO_JOINT)?;
    let (body, is) = split_setting(body);
    let body = match outer {
        "argon2" => Body::dollar(body, is_argon2)?,
        "bcrypt" => Body::dollar(body.strip_prefix('$')?, is_bcrypt)?,
        "pbkdf2_sha256" => Body::DjangoPbkdf2(body),
        _ => return None,
    };
    Some(LabelledValue {
        inner: InnerId::parse_underscored(label)?,
        dialect: Dialect::Django,
        label: name.len() - label.len()..name.len(),
        body,
        is,
    })
}

/// `{argon2-<inner>}$argon2id$…`, `{bcrypt-<inner>}$2b$…`.
fn split_spring(value: &str) -> Option<LabelledValue<'_>> {
    let (name, body) = value.strip_prefix('{')?.split_once('}')?;
    let (outer, label) = name.split_once(SPRING_JOINT)?;
    let (body, is) = split_setting(body.strip_prefix('$')?);
    let body = match outer {
        "argon2" => Body::dollar(body, is_argon2)?,
        "bcrypt" => Body::dollar(body, is_bcrypt)?,
        _ => return None,
    };
    Some(LabelledValue {
        inner: InnerId::parse(label)?,
        dialect: Dialect::Spring,
        label: 1 + name.len() - label.len()..1 + name.len(),
        body,
        is,
    })
}

/// `:argon2-<inner>:$argon2id$…`.
fn split_mediawiki(value: &str) -> Option<LabelledValue<'_>> {
    let front = MEDIAWIKI_ARGON2.len() + MEDIAWIKI_JOINT.len();
    let rest = value
        .strip_prefix(MEDIAWIKI_ARGON2)?
        .strip_prefix(MEDIAWIKI_JOINT)?;
    let (label, body) = rest.split_once(':')?;
    let (body, is) = split_setting(body.strip_prefix('$')?);
    Some(LabelledValue {
        inner: InnerId::parse(label)?,
        dialect: Dialect::Mediawiki,
        label: front..front + label.len(),
        body: Body::dollar(body, is_argon2)?,
        is,
    })
}

/// A body, and what stands behind its hash.
fn split_setting(body: &str) -> (&str, Option<&str>) {
    // The last `$` alone can start the suffix, because none of its own characters is one.
    match body.rsplit_once('$') {
        Some((rest, last)) => match last.strip_prefix("is=") {
            Some(is) if is.bytes().all(is_base64) => (rest, Some(is)),
            _ => (body, None),
        },
        None => (body, None),
    }
}

impl LabelledValue<'_> {
    /// The scheme and the strength of the native string; `None` where it is damaged.
    pub(in crate::scheme) fn outer(&self) -> Option<format::Native> {
        match self.body {
            Body::Dollar { id, rest } => format::crypt(id.as_bytes(), rest.as_bytes()),
            Body::DjangoPbkdf2(_) => format::native(self.body.native()?.as_bytes()),
        }
    }
}

impl<'v> Body<'v> {
    /// `<id>$<rest>`, where the id is a good one.
    fn dollar(text: &'v str, is_good: fn(&str) -> bool) -> Option<Self> {
        let (id, rest) = text.split_once('$')?;
        is_good(id).then_some(Self::Dollar { id, rest })
    }

    /// The native string; `None` where Django's can't be one.
    fn native(self) -> Option<String> {
        match self {
            Self::Dollar { id, rest } => Some(format!("${id}${rest}")),
            Self::DjangoPbkdf2(text) => {
                let (iterations, text) = text.split_once('$')?;
                let (salt, hash) = text.split_once('$')?;
                let hash = STANDARD.decode(hash).ok()?;
                let mut native = format!("$pbkdf2-sha256$i={iterations},l={}$", hash.len());
                STANDARD_NO_PAD.encode_string(salt, &mut native);
                native.push('$');
                STANDARD_NO_PAD.encode_string(hash, &mut native);
                Some(native)
            }
        }
    }
}

fn is_argon2(id: &str) -> bool {
    matches!(id, "argon2id" | "argon2i" | "argon2d")
}

fn is_bcrypt(id: &str) -> bool {
    matches!(id, "2a" | "2b" | "2x" | "2y")
}

fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scheme::{relabel, wrap};

    const ARGON2: &str = "$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHRzYWx0c2FsdA$aGFzaA";
    const BCRYPT: &str = "$2b$04$abcdefghijklmnopqrstuuu";

    fn check(native: &str, inner: &str, is: Option<&[u8]>, wrapped: &str) {
        let inner = InnerId::parse(inner).expect("a good id");
        assert_eq!(wrap(native, &inner, is), wrapped);
        let unlabelled = unlabel(wrapped).expect("a wrapped value");
        assert_eq!(
            unlabelled,
            Unlabelled {
                native: native.to_owned(),
                inner,
                is: is.map(<[u8]>::to_vec)
            }
        );
        assert!(is_saltern(wrapped.as_bytes()));
    }

    #[test]
    fn wrapping_marks_the_first_identifier_and_unmark_undoes_it() {
        check(
            ARGON2,
            "md5",
            None,
            &ARGON2.replacen("argon2id", "argon2id--md5", 1),
        );
        check(
            BCRYPT,
            "sha512-b64s384",
            None,
            &BCRYPT.replacen("2b", "2b--sha512-b64s384", 1),
        );
    }

    #[test]
    fn what_the_legacy_string_carried_stands_behind_the_outer_hash() {
        check(
            ARGON2,
            "md5",
            Some(b"salt"),
            &(ARGON2.replacen("argon2id", "argon2id--md5", 1) + "$is=c2FsdA"),
        );
        check(
            BCRYPT,
            "md5",
            Some(b""),
            &(BCRYPT.replacen("2b", "2b--md5", 1) + "$is="),
        );
    }

    #[test]
    fn a_native_string_is_not_wrapped() {
        for native in [
            ARGON2,
            BCRYPT,
            "$pbkdf2-sha256$i=1,l=32$YQ$YQ",
            "5f4dcc3b5aa765d61d8327deb882cf99",
            "",
            "$",
            "$--",
        ] {
            assert_eq!(unlabel(native), None);
            assert!(!is_saltern(native.as_bytes()));
        }
    }

    #[test]
    fn the_identifier_is_as_short_as_the_expression_has_it() {
        let unlabelled = unlabel("$pbkdf2-sha256--md5$x").expect("a wrapped value");
        assert_eq!(
            (unlabelled.native.as_str(), unlabelled.inner.as_str()),
            ("$pbkdf2-sha256$x", "md5")
        );
        // The expression takes `a` and `-b`, and `-b` is no inner id.
        assert_eq!(unlabel("$a---b$x"), None);
        assert_eq!(unlabel("$a--b--c$x"), None);
        assert_eq!(unlabel("$--b$x"), None);
        assert_eq!(unlabel("$A--b$x"), None);
    }

    #[test]
    fn only_a_suffix_of_base64_is_taken_for_the_inner_salt() {
        let native = |text| unlabel(text).map(|unlabelled| unlabelled.native);
        assert_eq!(native("$a--b$x$is=YQ").as_deref(), Some("$a$x"));
        assert_eq!(native("$a--b$x$is=YQ==").as_deref(), Some("$a$x$is=YQ=="));
        assert_eq!(native("$a--b$is=YQ").as_deref(), Some("$a$is=YQ"));
        assert_eq!(native("$a--b$x$is=YQ$is=Yg").as_deref(), Some("$a$x$is=YQ"));
        assert_eq!(
            native("$a--b$x$is=Y"),
            None,
            "one character of base64 stands for nothing"
        );
    }

    #[test]
    fn a_line_break_ends_the_match() {
        assert_eq!(unlabel("$a--b$x\ny"), None);
    }

    fn check_native(value: &str, native: Option<&str>) {
        let unlabelled = unlabel(value);
        assert_eq!(unlabelled.as_ref().map(|u| u.native.as_str()), native);
        assert!(unlabelled.is_none_or(|_| may_be_labelled(value.as_bytes())));
    }

    #[test]
    fn the_dialects_of_platforms_are_read_strictly() {
        check_native("argon2_wrapped_md5$argon2id$x", Some("$argon2id$x"));
        check_native("argon2_wrapped_md5_ps$argon2id$x", Some("$argon2id$x"));
        check_native("bcrypt_wrapped_md5$$2b$x", Some("$2b$x"));
        check_native("{argon2-md5}$argon2id$x$is=YQ", Some("$argon2id$x"));
        check_native("{bcrypt-md5-ps}$2a$x", Some("$2a$x"));
        check_native(":argon2-mw-b:$argon2id$x$is=YQ", Some("$argon2id$x"));
        check_native(
            "pbkdf2_sha256_wrapped_md5$7$salt$AAAA$is=YQ",
            Some("$pbkdf2-sha256$i=7,l=3$c2FsdA$AAAA"),
        );
        for value in [
            "argon2_wrapped_md5$2b$x",
            "argon2_wrapped_md5-ps$argon2id$x",
            "argon2_wrapped_$argon2id$x",
            "argon2_wrapped_md5$$argon2id$x",
            "bcrypt_wrapped_md5$2b$x",
            "scrypt_wrapped_md5$2b$x",
            "pbkdf2_sha256_wrapped_md5$7$salt",
            "pbkdf2_sha256_wrapped_md5$7$salt$AAA",
            "{argon2-md5}argon2id$x",
            "{argon2-md5_ps}$argon2id$x",
            "{argon2}$argon2id$x",
            "{bcrypt-md5}$argon2id$x",
            "{argon2-md5$argon2id$x",
            ":argon2-md5:argon2id$x",
            ":argon2-md5_ps:$argon2id$x",
            ":argon2-:$argon2id$x",
            ":argon2:$argon2id$x",
            ":argon2-md5:$2b$x",
            ":bcrypt-md5:$argon2id$x",
        ] {
            check_native(value, None);
        }
    }

    #[test]
    fn another_label_leaves_the_rest_as_it_was() {
        let to = InnerId::parse("md5-ps").expect("a good id");
        for (value, expected) in [
            ("$2b--md5$x$is=YQ", Some("$2b--md5-ps$x$is=YQ")),
            (
                "argon2_wrapped_md5$argon2id$md5",
                Some("argon2_wrapped_md5_ps$argon2id$md5"),
            ),
            ("{bcrypt-md5}$2a$x", Some("{bcrypt-md5-ps}$2a$x")),
            (
                ":argon2-md5:$argon2id$x",
                Some(":argon2-md5-ps:$argon2id$x"),
            ),
            ("$2b$x", None),
        ] {
            assert_eq!(relabel(value, &to).as_deref(), expected);
        }
    }

    #[test]
    fn dead_values_are_salterns_own() {
        assert!(is_saltern(b"!saltern:reset:0123456789abcdefghijkl"));
        assert!(!is_saltern(b"!salt"));
    }

    #[test]
    fn debug_shows_nothing_of_the_hash() {
        let unlabelled = unlabel("$a--b$secret").expect("a wrapped value");
        assert!(!format!("{unlabelled:?}").contains("secret"));
    }
}
