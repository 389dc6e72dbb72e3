//! The first 128 bits of a digest, which is what the census looks up.

use crate::text;

/// The first 128 bits of a digest in hex, in either case; none where it is not hex. A digest of 64
/// bits gives all of them, and any other shorter one gives none.
pub(super) fn front(digits: &[u8]) -> Option<u128> {
    if !text::is_hex(digits) {
        return None;
    }
    let short = digits.len() == 16;
    let digits = digits.get(..if short { 16 } else { 32 })?;
    let (eights, _) = digits.as_chunks::<8>();
    let bits = eights
        .iter()
        .fold(0, |bits, eight| (bits << 32) | u128::from(of_eight(*eight)));
    Some(bits)
}

/// Eight hex digits, all at once.
fn of_eight(digits: [u8; 8]) -> u32 {
    let bytes = u64::from_be_bytes(digits);
    // The low bits of 'a' and of 'A' are 1. Bit 6 tells letters from digits.
    let letters = (bytes >> 6) & 0x0101_0101_0101_0101;
    let nibbles = (bytes & 0x0f0f_0f0f_0f0f_0f0f) + 9 * letters;
    // Two nibbles are brought together, then two bytes, then two pairs.
    let pairs = (nibbles | nibbles >> 4) & 0x00ff_00ff_00ff_00ff;
    let fours = (pairs | pairs >> 8) & 0x0000_ffff_0000_ffff;
    (fours | fours >> 16) as u32
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
