//! A digest and its salt in one value, with one character between them.

use super::digest_spelling::{hex_front, hex_front_of};

/// A salt beside a digest has at most that many bytes.
pub(super) const SALT_BYTES_MAX: usize = 128;

/// Whether a digest of so many hex digits may have its salt beside it.
pub(super) const fn may_be_joined(digits: usize) -> bool {
    matches!(digits, 32 | 40 | 56 | 64 | 96 | 128)
}

pub(super) fn is_line_end(byte: u8) -> bool {
    matches!(byte, b'\n' | b'\r' | 0)
}

/// The digest of a joined value and its salt, where the value is such a one.
///
/// `digest:salt` is read so even where the salt looks like a digest. With any other character
/// between them, or the salt in front, a value that can be read in two ways is read in none.
pub(in crate::scheme) fn split_salt(value: &[u8]) -> Option<(&[u8], &[u8])> {
    let digits = hex_front(value);
    if value.get(digits) == Some(&b':')
        && may_be_joined(digits)
        && is_salt(value.get(digits + 1..)?)
    {
        let (digest, salt) = value.split_at_checked(digits)?;
        return Some((digest, salt.get(1..)?));
    }
    split_joined(value)
}

/// The character between a digest and the salt beside it; none where the value is no such one.
pub fn joined_by(value: &[u8]) -> Option<u8> {
    let (digest, salt) = split_salt(value)?;
    let begins = value.len().checked_sub(salt.len())?;
    // The digest stands in front, or else the salt does.
    let at = if value.starts_with(digest) && value.get(begins..) == Some(salt) {
        begins.checked_sub(1)?
    } else {
        salt.len()
    };
    value.get(at).copied()
}

/// A digest and a salt with one character between them, in either order.
pub(super) fn split_joined(value: &[u8]) -> Option<(&[u8], &[u8])> {
    let front = hex_front(value);
    let digest_first = may_be_joined(front)
        .then(|| value.split_at_checked(front))
        .flatten()
        .and_then(|(digest, rest)| Some((digest, rest.split_first()?)))
        .filter(|(_, (separator, salt))| is_separator(**separator) && is_joined_salt(salt))
        .map(|(digest, (separator, salt))| (digest, salt, *separator));
    let back = hex_front_of(value.iter().rev());
    let salt_first = may_be_joined(back)
        .then(|| value.split_at_checked(value.len() - back))
        .flatten()
        .and_then(|(rest, digest)| Some((digest, rest.split_last()?)))
        .filter(|(_, (separator, salt))| is_separator(**separator) && is_joined_salt(salt))
        .map(|(digest, (separator, salt))| (digest, salt, *separator));
    match (digest_first, salt_first) {
        (Some(_), Some(_)) | (None, None) => None,
        (Some((digest, salt, separator)), None) | (None, Some((digest, salt, separator))) => {
            // A second one would be a form with more parts than these two.
            (!salt.contains(&separator) && !salt.contains(&b'$')).then_some((digest, salt))
        }
    }
}

pub(super) fn is_salt(salt: &[u8]) -> bool {
    (1..=SALT_BYTES_MAX).contains(&salt.len()) && !salt.iter().any(|byte| is_line_end(*byte))
}

/// A salt beside any other character than a colon: of a known form it would be a name or a header.
fn is_joined_salt(salt: &[u8]) -> bool {
    is_salt(salt) && salt.first() != Some(&b'{') && salt.first() != Some(&b':')
}

/// What may stand between a digest and its salt.
pub const fn is_separator(byte: u8) -> bool {
    byte.is_ascii_punctuation() || byte == b' ' || byte == b'\t'
}
