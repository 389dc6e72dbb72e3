//! What the readers of this folder share: a cursor, alphabets, numbers.

/// A cursor over a value.
#[derive(Clone, Copy)]
pub(in crate::scheme) struct Cursor<'v>(pub(in crate::scheme) &'v [u8]);

impl<'v> Cursor<'v> {
    /// What stands before the next `end`; both are taken.
    pub(in crate::scheme) fn until(&mut self, end: u8) -> Option<&'v [u8]> {
        let at = self.0.iter().position(|byte| *byte == end)?;
        let (piece, rest) = self.0.split_at(at);
        self.0 = &rest[1..];
        Some(piece)
    }

    pub(in crate::scheme) fn literal(&mut self, text: &[u8]) -> Option<()> {
        self.0 = self.0.strip_prefix(text)?;
        Some(())
    }

    /// A decimal number before `end`.
    pub(in crate::scheme) fn number(&mut self, end: u8) -> Option<u32> {
        number(self.until(end)?)
    }
}

/// A decimal number as its makers write it: without sign and leading zeros.
pub(in crate::scheme) fn number(digits: &[u8]) -> Option<u32> {
    if digits.is_empty() || digits.len() > 10 || digits[0] == b'0' {
        return None;
    }
    digits.iter().try_fold(0_u32, |value, digit| {
        let digit = char::from(*digit).to_digit(10)?;
        value.checked_mul(10)?.checked_add(digit)
    })
}

pub(in crate::scheme) fn all(text: &[u8], is_good: impl Fn(&u8) -> bool) -> bool {
    // No early exit, as in `text::is_hex`: most texts are good to the end.
    text.iter().fold(true, |all, byte| all & is_good(byte))
}

pub(in crate::scheme) fn is_base64(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/')
}

pub(in crate::scheme) fn is_crypt64(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'/')
}

/// base64 with its padding or without, as passlib's own alphabet has it or the standard one.
pub(in crate::scheme) fn is_loose_base64(text: &[u8]) -> bool {
    let bare = without_padding(text);
    !bare.is_empty() && bare.len() % 4 != 1 && all(bare, |byte| is_base64(byte) || *byte == b'.')
}

fn without_padding(text: &[u8]) -> &[u8] {
    text.strip_suffix(b"==")
        .or_else(|| text.strip_suffix(b"="))
        .unwrap_or(text)
}

/// The value of one digit of crypt(3)'s base 64.
pub(in crate::scheme) fn crypt64_value(digit: u8) -> u32 {
    u32::from(match digit {
        b'.' => 0,
        b'/' => 1,
        b'0'..=b'9' => digit - b'0' + 2,
        b'A'..=b'Z' => digit - b'A' + 12,
        b'a'..=b'z' => digit - b'a' + 38,
        _ => 0,
    })
}

/// Five digits of crypt(3)'s base 64, the lowest first.
pub(in crate::scheme) fn crypt64_number(digits: &[u8]) -> u32 {
    digits
        .iter()
        .rev()
        .fold(0_u32, |value, digit| (value << 6) | crypt64_value(*digit))
}
