//! The spellings of a digest other than plain hex, read strictly.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use zeroize::Zeroizing;

use crate::text;

/// The longest digest in bytes.
pub(super) const DIGEST_BYTES_MAX: usize = 64;

/// Where the hyphens of a UUID stand.
const UUID_HYPHENS: [usize; 4] = [8, 13, 18, 23];

/// How many hex digits a value begins with, at most one more than the longest digest.
pub(super) fn hex_front(value: &[u8]) -> usize {
    hex_front_of(value.iter())
}

pub(super) fn hex_front_of<'v>(bytes: impl Iterator<Item = &'v u8>) -> usize {
    bytes
        .take(129)
        .take_while(|byte| byte.is_ascii_hexdigit())
        .count()
}

/// The digits behind `0x` and its like.
pub(super) fn prefixed(value: &[u8]) -> Option<&[u8]> {
    let digits = match value {
        [b'0', b'x' | b'X', digits @ ..] | [b'\\', b'x', digits @ ..] => digits,
        [b'x' | b'X', b'\'', digits @ .., b'\''] => digits,
        _ => return None,
    };
    text::is_hex(digits).then_some(digits)
}

/// How many digits a UUID has.
pub(super) fn uuid(value: &[u8]) -> Option<usize> {
    let good = value.iter().enumerate().all(|(at, byte)| {
        if UUID_HYPHENS.contains(&at) {
            *byte == b'-'
        } else {
            byte.is_ascii_hexdigit()
        }
    });
    good.then_some(32)
}

/// How many digits stand in groups of two, four or eight with one character between them.
pub(super) fn grouped(value: &[u8]) -> Option<usize> {
    let group = hex_front(value);
    let separator = *value.get(group)?;
    let good = matches!(group, 2 | 4 | 8)
        && matches!(separator, b'-' | b':' | b' ' | b'.' | b'_')
        && (value.len() + 1).is_multiple_of(group + 1)
        && value.iter().enumerate().all(|(at, byte)| {
            if at % (group + 1) == group {
                *byte == separator
            } else {
                byte.is_ascii_hexdigit()
            }
        });
    good.then(|| (value.len() + 1) / (group + 1) * group)
}

/// How many bytes a text in base64 stands for, if it is that of a digest: of either alphabet, with
/// its padding or without any, and no bit behind its end.
pub(super) fn base64_bytes(value: &[u8]) -> Option<usize> {
    let bytes = match (value.len(), value) {
        (24, [.., b'=', b'=']) | (22, [.., _]) => 16,
        (28, [.., b'=']) | (27, _) => 20,
        (40, [.., b'=', b'=']) | (38, _) => 28,
        (44, [.., b'=']) | (43, _) => 32,
        (64, _) => 48,
        (88, [.., b'=', b'=']) | (86, _) => 64,
        _ => return None,
    };
    let mut space = Zeroizing::new([0_u8; DIGEST_BYTES_MAX + 2]);
    (decode_base64(value, space.as_mut_slice())? == bytes).then_some(bytes)
}

pub(super) fn decode_base64(value: &[u8], into: &mut [u8]) -> Option<usize> {
    let bare = value
        .strip_suffix(b"==")
        .or_else(|| value.strip_suffix(b"="))
        .unwrap_or(value);
    let engine = if bare.iter().any(|byte| matches!(byte, b'-' | b'_')) {
        URL_SAFE_NO_PAD
    } else {
        STANDARD_NO_PAD
    };
    engine.decode_slice(bare, into).ok()
}

pub(super) fn lower_hex(bytes: &[u8]) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(2 * bytes.len()));
    for byte in bytes {
        for nibble in [byte >> 4, byte & 15] {
            text.extend(char::from_digit(u32::from(nibble), 16));
        }
    }
    text
}
