//! The markers of locked accounts: values that no password opens.
//!
//! A marker is never wrapped: that would make a password of it.

use crate::scheme::format;
use crate::text;

/// Whole values, and who writes them. Case matters, because it does to their readers.
const WHOLE: [&str; 22] = [
    "!",
    "!!",
    "*",
    "!*",
    "*!", // shadow(5): useradd, system accounts, Debian's and Red Hat's installers; Django before 1.6 wrote `!`
    "x",
    "-",
    "*NP*",
    "NP",
    "*LK*",
    "LK",
    "UP", // passwd(5) points to shadow; Solaris: no password, locked, not yet set
    "*0",
    "*1", // crypt(3): an error, never equal to a hash
    "*LOCKED*",
    "LOCKED",
    "!LOCKED",
    "*NOLOGIN*",
    "*************", // FreeBSD's pw lock; by hand; OpenBSD's 13 stars
    "\\N",
    "NULL",
    "(null)", // NULL as MySQL, PostgreSQL's COPY, and printf export it
];

/// What is put in front of a hash to lock an account and keep the hash: usermod -L, passwd -l,
/// Solaris, FreeBSD.
const IN_FRONT: [(&str, &str); 5] = [
    ("*LOCKED*", "*LOCKED*<hash>"),
    ("*LK*", "*LK*<hash>"),
    ("!!", "!!<hash>"),
    ("!", "!<hash>"),
    ("*", "*<hash>"),
];

/// MediaWiki's farms put it in front of whatever stood there (CentralAuth and its maintenance
/// scripts): no type of hash has that name.
const SCRAMBLED: &[u8] = b":scrambled:";

/// How many characters Django's set_unusable_password puts behind its `!`.
const DJANGO_SUFFIX_LEN: usize = 40;

/// The name of the marker that this trimmed value is.
pub(in crate::scheme) fn marker(value: &[u8]) -> Option<&'static str> {
    if !matches!(
        value.first()?,
        b'!' | b'*' | b'x' | b'-' | b'N' | b'L' | b'U' | b'\\' | b'(' | b':'
    ) {
        return None;
    }
    if value.starts_with(SCRAMBLED) {
        return Some(":scrambled:");
    }
    if let Some(name) = WHOLE.into_iter().find(|name| name.as_bytes() == value) {
        return Some(name);
    }
    if let Some(rest) = value.strip_prefix(b"!")
        && rest.len() == DJANGO_SUFFIX_LEN
        && rest.iter().all(u8::is_ascii_alphanumeric)
    {
        return Some("!<django>");
    }
    IN_FRONT
        .into_iter()
        .find(|(front, _)| value.strip_prefix(front.as_bytes()).is_some_and(is_hash))
        .map(|(_, name)| name)
}

fn is_hash(rest: &[u8]) -> bool {
    let digest = rest.len() >= 32 && text::is_hex(rest);
    digest || format::native(rest).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_marker_in_the_list_is_found_at_once() {
        for name in WHOLE {
            assert_eq!(marker(name.as_bytes()), Some(name));
        }
    }

    #[test]
    fn djangos_unusable_password_is_a_marker() {
        assert_eq!(
            marker(b"!0123456789abcdefghijABCDEFGHIJ0123456789"),
            Some("!<django>")
        );
        assert_eq!(marker(b"!0123456789"), None);
    }

    #[test]
    fn what_mediawiki_scrambled_is_a_marker() {
        assert_eq!(
            marker(b":scrambled::B:aB3dE6gH:e0a9b1dfef32ab3036d323d0f3172dce"),
            Some(":scrambled:")
        );
        assert_eq!(marker(b":scramble"), None);
    }

    #[test]
    fn a_hash_behind_a_lock_is_locked() {
        assert_eq!(
            marker(b"!$1$abcdefgh$0123456789012345678901"),
            Some("!<hash>")
        );
        assert_eq!(
            marker(b"!!$1$abcdefgh$0123456789012345678901"),
            Some("!!<hash>")
        );
        assert_eq!(
            marker(b"*LK*$1$abcdefgh$0123456789012345678901"),
            Some("*LK*<hash>")
        );
        assert_eq!(
            marker(b"*5baa61e4c9b93f3f0682250b6cf8331b7ee68fd8"),
            Some("*<hash>")
        );
        assert_eq!(
            marker(b"!5f4dcc3b5aa765d61d8327deb882cf99"),
            Some("!<hash>")
        );
    }

    #[test]
    fn what_only_resembles_a_marker_is_none() {
        for value in ["", "X", "xx", "!a", "**", "null", "NULLs", "*lk*", "!$1$"] {
            assert_eq!(marker(value.as_bytes()), None, "{value}");
        }
    }
}
