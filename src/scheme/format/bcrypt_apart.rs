//! bcrypt spelt otherwise than in bcrypt's own strings.

use super::cursor::{Cursor, all, is_crypt64};
use super::recipe::Native;
use crate::scheme::value::{Scheme, Strength};

/// How many digits a hash has.
pub(in crate::scheme) const HASH_DIGITS: usize = 31;

/// How many digits a salt has.
const SALT_DIGITS: usize = 22;

/// `:bcrypt:9$salt$hash`.
pub(in crate::scheme) fn mediawiki(value: &[u8]) -> Option<Native> {
    let mut text = Cursor(value.strip_prefix(b":bcrypt:")?);
    let cost = cost(text.until(b'$')?)?;
    let salt = text.until(b'$')?;
    let good = salt.len() == SALT_DIGITS && is_digits(salt) && is_hash(text.0);
    good.then_some((Scheme::MEDIAWIKI_BCRYPT, Strength::Bcrypt { cost }))
}

/// `BCRYPT:9:salt:hash`, with a salt of sixteen characters.
pub(in crate::scheme) fn otrs(value: &[u8]) -> Option<Native> {
    let mut text = Cursor(value.strip_prefix(b"BCRYPT:")?);
    let cost = cost(text.until(b':')?)?;
    let (salt, rest) = text.0.split_at_checked(16)?;
    let hash = rest.strip_prefix(b":")?;
    let good = salt.iter().all(u8::is_ascii_graphic) && is_hash(hash);
    good.then_some((Scheme::OTRS_BCRYPT, Strength::Bcrypt { cost }))
}

/// `!bcrypt!10!`, then salt and hash.
pub(in crate::scheme) fn request_tracker(value: &[u8]) -> Option<Native> {
    let mut text = Cursor(value.strip_prefix(b"!bcrypt!")?);
    let cost = cost(text.until(b'!')?)?;
    let (salt, hash) = text.0.split_at_checked(SALT_DIGITS)?;
    let good = is_digits(salt) && is_hash(hash);
    good.then_some((Scheme::RT_BCRYPT, Strength::Bcrypt { cost }))
}

fn cost(digits: &[u8]) -> Option<u32> {
    let good = matches!(digits.len(), 1 | 2) && digits.iter().all(u8::is_ascii_digit);
    let cost = std::str::from_utf8(digits).ok()?.parse().ok()?;
    (good && (4..=31).contains(&cost)).then_some(cost)
}

fn is_digits(text: &[u8]) -> bool {
    all(text, is_crypt64)
}

fn is_hash(text: &[u8]) -> bool {
    text.len() == HASH_DIGITS && is_digits(text)
}
