//! A value without its padding.

use super::digest_spelling::{hex_front, hex_front_of};
use super::joined::{is_line_end, may_be_joined};
use super::shape::Shape;
use crate::text;

/// The value without what a `CHAR`, a `BINARY` or an export adds around it.
///
/// Where a salt stands beside a digest, the value ends, or begins, with the salt. A blank there is
/// a byte of the salt like every other: one in 95 of vBulletin 3's salts ends in one. Line breaks
/// and NULs are taken off all the same.
pub fn unpadded(value: &[u8]) -> &[u8] {
    if text::is_hex(value) {
        return value;
    }
    let bare = text::trim(value);
    // Blanks behind nothing but a digest are padding.
    if text::is_hex(bare) {
        return bare;
    }
    let is_joined = |value: &[u8]| Shape::of(value).is_some_and(Shape::is_joined);
    if may_be_joined(hex_front(bare)) {
        let begin = value.iter().position(|byte| !byte.is_ascii_whitespace());
        let end = value.iter().rposition(|byte| !is_line_end(*byte));
        let whole = begin
            .zip(end)
            .and_then(|(begin, end)| value.get(begin..=end));
        return whole.filter(|whole| is_joined(whole)).unwrap_or(bare);
    }
    if bare.len() < value.len() && may_be_joined(hex_front_of(bare.iter().rev())) {
        let begin = value.iter().position(|byte| !is_line_end(*byte));
        let end = value
            .iter()
            .rposition(|byte| !byte.is_ascii_whitespace() && *byte != 0);
        let whole = begin
            .zip(end)
            .and_then(|(begin, end)| value.get(begin..=end));
        return whole.filter(|whole| is_joined(whole)).unwrap_or(bare);
    }
    bare
}

#[cfg(test)]
mod tests {
    use super::*;

    const MD5: &str = "5f4dcc3b5aa765d61d8327deb882cf99";

    #[test]
    fn a_salt_beside_a_digest_keeps_every_byte() {
        for salt in [
            &b"ab "[..],
            b" ab",
            b"   ",
            b"a:b",
            b":",
            b"a\tb",
            b"ab\t",
            b"a\xc2\xa0",
            b"\xff\xfe ",
            b"$",
            b"\x01",
        ] {
            let value = [MD5.as_bytes(), b":", salt].concat();
            for (front, end) in [("", ""), (" ", "\r\n"), ("", "\n"), ("", "\0\0")] {
                let padded = [front.as_bytes(), &value, end.as_bytes()].concat();
                assert_eq!(unpadded(&padded), value);
                assert_eq!(Shape::of(unpadded(&padded)), Some(Shape::Hex32.with_salt()));
            }
        }
        for value in [
            format!("{MD5}$ab "),
            format!(" ab${MD5}"),
            format!("  a:{MD5}"),
        ] {
            assert_eq!(unpadded(format!("{value}\n").as_bytes()), value.as_bytes());
        }
    }

    #[test]
    fn a_value_without_a_salt_is_trimmed() {
        for padded in [
            format!(" {MD5} \n"),
            format!("{MD5}   "),
            format!("  {MD5}"),
        ] {
            assert_eq!(unpadded(padded.as_bytes()), MD5.as_bytes());
        }
        assert_eq!(unpadded(b"{SSHA}a:b "), b"{SSHA}a:b");
        assert_eq!(unpadded(b"  "), b"");
    }
}
