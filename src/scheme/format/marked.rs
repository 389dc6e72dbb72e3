//! How feed readers, trackers, calendars and their like spell a digest behind a mark of their own.

use super::cursor::Cursor;
use super::part::{CodedBytes, Coding};
use super::pieces::{Encoded, Pieces, SALT_BYTES_MAX, fast_hex, salt_and_hex};
use crate::scheme::expression::Algorithm;
use crate::scheme::value::Strength;

/// tt-rss, `SHA1:` and the SHA-1.
pub(in crate::scheme) fn ttrss_sha1(value: &[u8]) -> Option<Pieces<'_>> {
    fast_hex(&[], value.strip_prefix(b"SHA1:")?).of_len(20)
}

/// tt-rss, `SHA1X:`.
pub(in crate::scheme) fn ttrss_sha1x(value: &[u8]) -> Option<Pieces<'_>> {
    fast_hex(&[], value.strip_prefix(b"SHA1X:")?).of_len(20)
}

/// tt-rss, `MODE2:` and later `SSHA-256:`.
pub(in crate::scheme) fn ttrss_sha256(value: &[u8]) -> Option<Pieces<'_>> {
    let digest = value
        .strip_prefix(b"MODE2:")
        .or_else(|| value.strip_prefix(b"SSHA-256:"))?;
    fast_hex(&[], digest).of_len(32)
}

/// tt-rss, `SSHA-512:`.
pub(in crate::scheme) fn ttrss_sha512(value: &[u8]) -> Option<Pieces<'_>> {
    fast_hex(&[], value.strip_prefix(b"SSHA-512:")?).of_len(64)
}

/// Anope, `md5:`.
pub(in crate::scheme) fn anope_md5(value: &[u8]) -> Option<Pieces<'_>> {
    fast_hex(&[], value.strip_prefix(b"md5:")?).of_len(16)
}

/// Anope, `sha1:`.
pub(in crate::scheme) fn anope_sha1(value: &[u8]) -> Option<Pieces<'_>> {
    fast_hex(&[], value.strip_prefix(b"sha1:")?).of_len(20)
}

/// DAViCal, `*salt*` and MD5 in hex. Solaris locks an account by `*LK*` in front of its hash.
pub(in crate::scheme) fn davical_md5(value: &[u8]) -> Option<Pieces<'_>> {
    salt_and_hex(value.strip_prefix(b"*")?, b'*', 16).filter(|pieces| is_own_salt(pieces.setting))
}

/// DAViCal, `*salt*{SSHA}` and base64 of SHA-1 and the salt again.
pub(in crate::scheme) fn davical_ssha(value: &[u8]) -> Option<Pieces<'_>> {
    let rest = value.strip_prefix(b"*")?;
    let star = rest.iter().position(|byte| *byte == b'*')?;
    let (salt, rest) = rest.split_at_checked(star)?;
    let text = rest.strip_prefix(b"*{SSHA}")?;
    if !is_own_salt(salt) {
        return None;
    }
    // The digest is the front of the text. The salt behind it has to be the one in front.
    let whole = CodedBytes::of(text, Coding::Base64)?;
    let (_, behind) = whole.split(20)?;
    let same = behind.decode()?.as_slice() == salt;
    // Twenty-eight digits stand for 21 bytes, the last of which is the salt's.
    same.then_some(Pieces {
        strength: Strength::Fast,
        setting: salt,
        digest: Encoded::Base64Front(text, 20),
    })
}

fn is_own_salt(salt: &[u8]) -> bool {
    (1..=SALT_BYTES_MAX).contains(&salt.len())
        && !salt.contains(&b'*')
        && !salt.eq_ignore_ascii_case(b"LK")
        && !salt.eq_ignore_ascii_case(b"LOCKED")
}

/// Bugzilla, `salt,` and SHA-256 in base64 without padding, and its name in braces. Before version
/// 3.6.3 the comma was not there.
pub(in crate::scheme) fn bugzilla(value: &[u8]) -> Option<Pieces<'_>> {
    const DIGEST_DIGITS: usize = 43;
    let rest = value.strip_suffix(b"{SHA-256}")?;
    let (salt, digest) = rest.split_at_checked(rest.len().checked_sub(DIGEST_DIGITS)?)?;
    let salt = salt.strip_suffix(b",").unwrap_or(salt);
    let good = (1..=SALT_BYTES_MAX).contains(&salt.len())
        && salt
            .iter()
            .all(|byte| byte.is_ascii_graphic() && *byte != b',');
    let pieces = Pieces {
        strength: Strength::Fast,
        setting: salt,
        digest: Encoded::Base64(digest),
    };
    good.then(|| pieces.of_len(32))?
}

/// Request Tracker, `!sha512!salt!` and base64 without padding.
pub(in crate::scheme) fn rt_sha512(value: &[u8]) -> Option<Pieces<'_>> {
    let rest = value.strip_prefix(b"!sha512!")?;
    let at = rest.iter().position(|byte| *byte == b'!')?;
    let (salt, digest) = rest.split_at_checked(at)?;
    let pieces = Pieces {
        strength: Strength::Fast,
        setting: salt,
        digest: Encoded::Base64(digest.get(1..)?),
    };
    (1..=SALT_BYTES_MAX)
        .contains(&salt.len())
        .then(|| pieces.of_len(64))?
}

/// Apache Shiro, `$shiro1$SHA-256$500000$salt$digest`.
pub(in crate::scheme) fn shiro(value: &[u8]) -> Option<Pieces<'_>> {
    let rest = value.strip_prefix(b"$shiro1$")?;
    let at = rest.iter().rposition(|byte| *byte == b'$')?;
    let (setting, digest) = (rest.get(..at)?, rest.get(at + 1..)?);
    let (algorithm, iterations, _) = shiro_setting(setting)?;
    let pieces = Pieces {
        strength: Strength::Rounds {
            prf: algorithm.prf(),
            rounds: iterations,
        },
        setting,
        digest: Encoded::Base64(digest),
    };
    pieces.of_len(algorithm.len())
}

/// The digest, the rounds and the salt in base64.
pub(in crate::scheme) fn shiro_setting(setting: &[u8]) -> Option<(Algorithm, u32, &[u8])> {
    let mut text = Cursor(setting);
    let algorithm = match text.until(b'$')? {
        b"MD5" => Algorithm::Md5,
        b"SHA-1" => Algorithm::Sha1,
        b"SHA-256" => Algorithm::Sha256,
        b"SHA-384" => Algorithm::Sha384,
        b"SHA-512" => Algorithm::Sha512,
        _ => return None,
    };
    let iterations = text.number(b'$')?;
    Encoded::Base64(text.0).len()?;
    (iterations >= 1).then_some((algorithm, iterations, text.0))
}

/// FreeRADIUS' `SSHA-Password` and its like: a digest and its salt behind it, in base64 or hex, and
/// no mark of their own.
pub(in crate::scheme) fn digest_and_salt(
    value: &[u8],
    digest_bytes: usize,
) -> Option<(CodedBytes<'_>, CodedBytes<'_>)> {
    const SALT_MAX: usize = 64;
    let of = |coding| {
        let (digest, salt) = CodedBytes::of(value, coding)?.split(digest_bytes)?;
        (1..=SALT_MAX)
            .contains(&salt.len())
            .then_some((digest, salt))
    };
    of(Coding::Hex).or_else(|| of(Coding::Base64))
}
