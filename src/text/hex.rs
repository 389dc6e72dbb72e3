//! The canonical text of a digest, and digests in hex.

use zeroize::Zeroizing;

/// The value without what a `CHAR`, a `BINARY` or an export adds: ASCII white space on both sides,
/// and NUL bytes at the end.
pub fn trim(value: &[u8]) -> &[u8] {
    let mut rest = value;
    while let [head @ .., last] = rest
        && (*last == 0 || is_space(*last))
    {
        rest = head;
    }
    while let [first, tail @ ..] = rest
        && is_space(*first)
    {
        rest = tail;
    }
    rest
}

/// The text between the quotes that an export put round a whole value, `"…"` or `'…'`. None where
/// there are no quotes.
pub fn unquote(value: &[u8]) -> Option<&[u8]> {
    match trim(value) {
        [b'"', inner @ .., b'"'] | [b'\'', inner @ .., b'\''] => Some(inner),
        _ => None,
    }
}

/// Whether every byte is a hexadecimal digit of either case. It is true for no bytes at all.
pub fn is_hex(text: &[u8]) -> bool {
    // No early exit: so the loop becomes a few vector instructions, for scans of millions of rows.
    text.iter()
        .fold(true, |all, byte| all & byte.is_ascii_hexdigit())
}

/// The canonical text of a digest in hex: trimmed and lowercase. `None` for a value that isn't all
/// hex.
pub fn canonical_hex(value: &[u8]) -> Option<String> {
    let digits = trim(value);
    if digits.is_empty() || !is_hex(digits) {
        return None;
    }
    Some(
        digits
            .iter()
            .map(|digit| char::from(digit.to_ascii_lowercase()))
            .collect(),
    )
}

/// The bytes of hex digits of either case. `None` for a text that isn't all hex or has an odd
/// length.
pub fn unhex(digits: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    if !digits.len().is_multiple_of(2) || !is_hex(digits) {
        return None;
    }
    // The low four bits of 'a' and 'A' are 1, and bit 6 tells letters from digits.
    let nibble = |digit: u8| (digit & 15) + 9 * (digit >> 6);
    Some(Zeroizing::new(
        digits
            .chunks_exact(2)
            .map(|pair| (nibble(pair[0]) << 4) | nibble(pair[1]))
            .collect(),
    ))
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_trimmed_and_lowered() {
        assert_eq!(canonical_hex(b" 5F4DCC3b\r\n").as_deref(), Some("5f4dcc3b"));
        assert_eq!(canonical_hex(b"ab\0\0  ").as_deref(), Some("ab"));
    }

    #[test]
    fn hex_of_either_case_stands_for_bytes() {
        assert_eq!(unhex(b"00fFAb").as_deref(), Some(&vec![0, 255, 171]));
        assert_eq!(unhex(b"").as_deref(), Some(&Vec::new()));
        for bad in [&b"0"[..], b"0g", b" 0", b"\xff\xff"] {
            assert_eq!(unhex(bad), None);
        }
    }

    #[test]
    fn quotes_count_only_round_the_whole_value() {
        assert_eq!(unquote(b"\"ab\"\n"), Some(&b"ab"[..]));
        assert_eq!(unquote(b"'ab'"), Some(&b"ab"[..]));
        assert_eq!(unquote(b"''"), Some(&b""[..]));
        for bare in [&b"'"[..], b"\"", b"ab", b"'ab", b"ab'", b"'ab\"", b""] {
            assert_eq!(unquote(bare), None);
        }
    }

    #[test]
    fn what_is_not_all_hex_has_no_canonical_text() {
        for value in [&b""[..], b"  ", b"5g", b"5 f", b"0x5f", b"\xff"] {
            assert_eq!(canonical_hex(value), None);
        }
    }
}
