//! crypt(3)'s base 64. Its alphabet is another one, and of every three bytes the low bits come
//! first.

use crate::scheme::format::crypt64_value;

pub(in crate::scheme) const DIGITS: &[u8; 64] =
    b"./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// The digit of the value's six low bits.
pub(in crate::scheme) fn digit(value: u64) -> char {
    char::from(DIGITS[(value & 63) as usize])
}

/// Appends bytes, three of them as four digits, the low bits first.
pub(in crate::scheme) fn push(bytes: &[u8], text: &mut String) {
    for group in bytes.chunks(3) {
        let bits = group
            .iter()
            .rev()
            .fold(0_u64, |bits, byte| (bits << 8) | u64::from(*byte));
        for place in 0..(8 * group.len()).div_ceil(6) {
            text.push(digit(bits >> (6 * place)));
        }
    }
}

/// Appends bytes in the order in which a scheme puts them.
pub(in crate::scheme) fn push_in_order<const N: usize>(
    bytes: &[u8],
    order: &[u8; N],
    text: &mut String,
) {
    let ordered = order.map(|at| bytes.get(usize::from(at)).copied().unwrap_or_default());
    push(&zeroize::Zeroizing::new(ordered)[..], text);
}

/// Appends digits with the high bits of the last one cleared that stand for nothing.
pub(in crate::scheme) fn push_canonical(digits: &[u8], spare_bits: u32, text: &mut String) {
    let (last, front) = match digits.split_last() {
        Some((last, front)) => (u64::from(crypt64_value(*last)), front),
        None => return,
    };
    text.extend(front.iter().map(|byte| char::from(*byte)));
    text.push(digit(last & (63 >> spare_bits)));
}

/// The bytes of digits, the low bits first.
///
/// None where the digits are no whole number of bytes, or bits are set that stand for nothing.
pub(in crate::scheme) fn bytes(digits: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(digits.len());
    for group in digits.chunks(4) {
        let mut bits = group
            .iter()
            .rev()
            .fold(0_u32, |bits, digit| (bits << 6) | crypt64_value(*digit));
        let len = group.len() * 6 / 8;
        if len == 0 {
            return None;
        }
        for _ in 0..len {
            bytes.push(bits as u8);
            bits >>= 8;
        }
        if bits != 0 {
            return None;
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_come_back_from_their_digits() {
        for len in 0..10_u8 {
            let given: Vec<u8> = (0..len).map(|byte| byte.wrapping_mul(97) ^ 0xa5).collect();
            let mut text = String::new();
            push(&given, &mut text);
            assert_eq!(bytes(text.as_bytes()), Some(given));
        }
    }

    #[test]
    fn digits_that_are_no_whole_bytes_are_none() {
        for text in ["a", "ab", "abz", ".....", "....ab"] {
            assert_eq!(bytes(text.as_bytes()), None, "{text}");
        }
    }
}
