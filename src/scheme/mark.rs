//! The mark of a wrapped value: `--<inner>` behind the first identifier of a native string, `$is=…` at its end.
//!
//! Unmarking is `^\$([a-z0-9-]+?)--([a-z0-9-]+)\$(.*?)(?:\$is=([A-Za-z0-9+/]*))?$` to `$\1$\3`, exactly.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;

use super::{InnerId, recognise};
use crate::text;

/// A wrapped value taken apart.
#[derive(Clone, PartialEq, Eq)]
pub struct Unmarked {
    /// The native string: what the platform's own verifier takes.
    pub native: String,
    /// What stands inside.
    pub inner: InnerId,
    /// What the legacy string carried besides its digest.
    pub is: Option<Vec<u8>>,
}

/// Blind: the native string is a hash.
impl fmt::Debug for Unmarked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Unmarked(.. over {})", self.inner)
    }
}

/// A wrapped value taken apart in place.
#[derive(Clone, Copy)]
pub(super) struct Marked<'v> {
    /// The native identifier, `argon2id`.
    pub(super) id: &'v str,
    pub(super) inner: InnerId,
    /// What follows `$<id>$` in the native string.
    pub(super) rest: &'v str,
    pub(super) is: Option<&'v str>,
}

/// Marks a native string (`$id$…`) as a wrap of `inner`; `is` goes behind it.
///
/// What is no `$id$…` comes back with nothing marked: it would not be a native string.
pub fn wrap(native: &str, inner: &InnerId, is: Option<&[u8]>) -> String {
    let Some((id, rest)) = native
        .strip_prefix('$')
        .and_then(|text| text.split_once('$'))
    else {
        debug_assert!(false, "only native strings are wrapped");
        return native.to_owned();
    };
    let mut wrapped = format!("${id}--{inner}${rest}");
    if let Some(is) = is {
        wrapped.push_str("$is=");
        STANDARD_NO_PAD.encode_string(is, &mut wrapped);
    }
    wrapped
}

/// Takes a wrapped value apart; `None` for every other text.
pub fn unmark(value: &str) -> Option<Unmarked> {
    let marked = split(value)?;
    let is = match marked.is {
        Some(text) => Some(STANDARD_NO_PAD.decode(text).ok()?),
        None => None,
    };
    Some(Unmarked {
        native: format!("${}${}", marked.id, marked.rest),
        inner: marked.inner,
        is,
    })
}

/// Whether the value is saltern's own: a wrapped value or `!saltern:…`. Such a value is never wrapped again.
pub fn is_saltern(value: &[u8]) -> bool {
    let value = text::trim(value);
    value.starts_with(recognise::DEAD_PREFIX)
        || std::str::from_utf8(value).is_ok_and(|value| split(value).is_some())
}

/// The regular expression above, without an allocation; an inner id that breaks the rule for ids is no match.
pub(super) fn split(value: &str) -> Option<Marked<'_>> {
    let (name, body) = value.strip_prefix('$')?.split_once('$')?;
    // The id is as short as can be, but one character at least.
    let at = 1 + name
        .as_bytes()
        .get(1..)?
        .windows(2)
        .position(|pair| pair == b"--")?;
    let (id, inner) = (&name[..at], &name[at + 2..]);
    if !id
        .bytes()
        .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
        || body.as_bytes().contains(&b'\n')
    {
        return None;
    }
    let inner = InnerId::parse(inner)?;
    // The last `$` alone can start the suffix, because none of its own characters is one.
    let (rest, is) = match body.rsplit_once('$') {
        Some((rest, last)) => match last.strip_prefix("is=") {
            Some(is) if is.bytes().all(is_base64) => (rest, Some(is)),
            _ => (body, None),
        },
        None => (body, None),
    };
    Some(Marked {
        id,
        inner,
        rest,
        is,
    })
}

fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/')
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARGON2: &str = "$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHRzYWx0c2FsdA$aGFzaA";
    const BCRYPT: &str = "$2b$04$abcdefghijklmnopqrstuuu";

    fn check(native: &str, inner: &str, is: Option<&[u8]>, wrapped: &str) {
        let inner = InnerId::parse(inner).expect("a good id");
        assert_eq!(wrap(native, &inner, is), wrapped);
        let unmarked = unmark(wrapped).expect("a wrapped value");
        assert_eq!(
            unmarked,
            Unmarked {
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
            assert_eq!(unmark(native), None);
            assert!(!is_saltern(native.as_bytes()));
        }
    }

    #[test]
    fn the_identifier_is_as_short_as_the_expression_has_it() {
        let unmarked = unmark("$pbkdf2-sha256--md5$x").expect("a wrapped value");
        assert_eq!(
            (unmarked.native.as_str(), unmarked.inner.as_str()),
            ("$pbkdf2-sha256$x", "md5")
        );
        // The expression takes `a` and `-b`, and `-b` is no inner id.
        assert_eq!(unmark("$a---b$x"), None);
        assert_eq!(unmark("$a--b--c$x"), None);
        assert_eq!(unmark("$--b$x"), None);
        assert_eq!(unmark("$A--b$x"), None);
    }

    #[test]
    fn only_a_suffix_of_base64_is_taken_for_the_inner_salt() {
        let native = |text| unmark(text).map(|unmarked| unmarked.native);
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
        assert_eq!(unmark("$a--b$x\ny"), None);
    }

    #[test]
    fn dead_values_are_salterns_own() {
        assert!(is_saltern(b"!saltern:reset:0123456789abcdefghijkl"));
        assert!(!is_saltern(b"!salt"));
    }

    #[test]
    fn debug_shows_nothing_of_the_hash() {
        let unmarked = unmark("$a--b$secret").expect("a wrapped value");
        assert!(!format!("{unmarked:?}").contains("secret"));
    }
}
