//! The first 128 bits of a digest, which is what the census looks up.

use crate::text;

/// The first 128 bits of a digest in hex, in either case; none where it is not hex. A digest of 64
/// bits gives all of them, and any other shorter one gives none.
pub(super) fn front(digits: &[u8]) -> Option<u128> {
    if !text::is_hex(digits) {
        return None;
    }
    let short = digits.len() == 16;
    digits.get(..if short { 16 } else { 32 }).map(|digits| {
        digits.iter().fold(0, |value, digit| {
            // The low bits of 'a' and of 'A' are 1. Bit 6 tells letters from digits.
            let nibble = (digit & 15) + 9 * (digit >> 6);
            (value << 4) | u128::from(nibble)
        })
    })
}

/// The first 128 bits of a digest in bytes. A shorter digest gives fewer bits.
pub(super) fn first_bits(digest: &[u8]) -> u128 {
    digest
        .iter()
        .take(16)
        .fold(0, |bits, byte| bits << 8 | u128::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uppercase_digests_are_found_like_lowercase_ones() {
        assert_eq!(
            front(b"0123456789abcdefABCDEF0123456789"),
            Some(0x0123_4567_89ab_cdef_abcd_ef01_2345_6789)
        );
        assert_eq!(front(b"0123456789abcdefABCDEF012345678g"), None);
        assert_eq!(front(b"0123456789ABCdef"), Some(0x0123_4567_89ab_cdef));
        assert_eq!(front(b"0123456789ABCde"), None);
    }
}
