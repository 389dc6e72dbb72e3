//! Bytes inside a string: how they are spelt, and where they begin and end.

use base64::Engine;
use base64::alphabet;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use zeroize::Zeroizing;

use super::cursor::all;
use crate::text;

/// Trailing bits are not looked at: many directories hold strings that were cut and padded by hand.
const LOOSE: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_encode_padding(false)
    .with_decode_padding_mode(DecodePaddingMode::RequireNone)
    .with_decode_allow_trailing_bits(true);

const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LOOSE);

const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, LOOSE);

/// How bytes are spelt.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::scheme) enum Coding {
    /// As they are.
    Text,
    /// In hex of either case.
    Hex,
    /// In base64, with as much padding as its writer liked.
    Base64,
    /// The same with `-` and `_`.
    Base64Url,
    /// The same with passlib's `.` where others have `+`; both are read.
    Base64Dot,
    /// In hex, and that in base64.
    Base64Hex,
}

/// Bytes inside a string, checked to be spelt as they should be.
#[derive(Clone, Copy)]
pub(in crate::scheme) struct CodedBytes<'v> {
    text: &'v [u8],
    coding: Coding,
    from: usize,
    len: usize,
}

impl<'v> CodedBytes<'v> {
    /// All bytes of a text; none where it is not spelt so.
    pub(in crate::scheme) fn of(text: &'v [u8], coding: Coding) -> Option<Self> {
        let len = coding.decoded_len(text)?;
        Some(Self {
            text,
            coding,
            from: 0,
            len,
        })
    }

    /// No bytes.
    pub(in crate::scheme) const fn empty() -> Self {
        Self {
            text: b"",
            coding: Coding::Text,
            from: 0,
            len: 0,
        }
    }

    /// The part of that length that begins there.
    pub(in crate::scheme) fn cut(self, from: usize, len: usize) -> Option<Self> {
        let good = from.checked_add(len)? <= self.len;
        good.then_some(Self {
            from: self.from + from,
            len,
            ..self
        })
    }

    /// The part before that place, and the rest.
    pub(in crate::scheme) fn split(self, at: usize) -> Option<(Self, Self)> {
        Some((self.cut(0, at)?, self.cut(at, self.len.checked_sub(at)?)?))
    }

    /// How many bytes it is.
    pub(in crate::scheme) const fn len(&self) -> usize {
        self.len
    }

    /// The same, if it is that many bytes.
    pub(in crate::scheme) fn exactly(self, len: usize) -> Option<Self> {
        (self.len == len).then_some(self)
    }

    /// The first bytes of a text in base64, without an allocation.
    pub(in crate::scheme) fn base64_head(text: &[u8]) -> Option<[u8; 15]> {
        let mut head = [0; 15];
        STANDARD
            .decode_slice(text.get(..20)?, &mut head)
            .ok()
            .filter(|len| *len == head.len())?;
        Some(head)
    }

    /// The bytes.
    pub(in crate::scheme) fn decode(&self) -> Option<Zeroizing<Vec<u8>>> {
        let mut bytes = self.coding.decode(self.text)?;
        let end = self.from.checked_add(self.len)?;
        if end > bytes.len() {
            return None;
        }
        bytes.truncate(end);
        bytes.drain(..self.from);
        Some(bytes)
    }
}

impl Coding {
    /// How many bytes a text stands for; none where it is not spelt so.
    fn decoded_len(self, text: &[u8]) -> Option<usize> {
        let bare = without_padding(text);
        let base64 = |extra: [u8; 4]| {
            let good = bare.len() % 4 != 1
                && all(bare, |byte| {
                    byte.is_ascii_alphanumeric() || extra.contains(byte)
                });
            good.then_some(bare.len() * 3 / 4)
        };
        match self {
            Self::Text => Some(text.len()),
            Self::Hex => {
                (text.len().is_multiple_of(2) && text::is_hex(text)).then_some(text.len() / 2)
            }
            Self::Base64 => base64(*b"+/+/"),
            Self::Base64Url => base64(*b"-_-_"),
            Self::Base64Dot => base64(*b"+./+"),
            Self::Base64Hex => base64(*b"+/+/")
                .filter(|digits| digits.is_multiple_of(2))
                .map(|digits| digits / 2),
        }
    }

    fn decode(self, text: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let bare = without_padding(text);
        let bytes = match self {
            Self::Text => text.to_vec(),
            Self::Hex => return text::unhex(text),
            Self::Base64 => STANDARD.decode(bare).ok()?,
            Self::Base64Url => URL_SAFE.decode(bare).ok()?,
            Self::Base64Dot => {
                let plus = |byte: &u8| if *byte == b'.' { b'+' } else { *byte };
                STANDARD
                    .decode(bare.iter().map(plus).collect::<Vec<u8>>())
                    .ok()?
            }
            Self::Base64Hex => {
                return text::unhex(&Zeroizing::new(STANDARD.decode(bare).ok()?));
            }
        };
        Some(Zeroizing::new(bytes))
    }
}

/// Up to three `=` too many are no reason to lose a password.
fn without_padding(text: &[u8]) -> &[u8] {
    let mut bare = text;
    for _ in 0..3 {
        bare = bare.strip_suffix(b"=").unwrap_or(bare);
    }
    bare
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &[u8], coding: Coding, bytes: Option<&[u8]>) {
        let part = CodedBytes::of(text, coding);
        assert_eq!(part.map(|part| part.len()), bytes.map(<[u8]>::len));
        let decoded = part.and_then(|part| part.decode());
        assert_eq!(decoded.as_ref().map(|bytes| bytes.as_slice()), bytes);
    }

    #[test]
    fn every_spelling_stands_for_its_bytes() {
        check(b"\xfb\xff", Coding::Text, Some(b"\xfb\xff"));
        check(b"FBff", Coding::Hex, Some(b"\xfb\xff"));
        check(b"+/8=", Coding::Base64, Some(b"\xfb\xff"));
        check(b"-_8=", Coding::Base64Url, Some(b"\xfb\xff"));
        check(b"./8", Coding::Base64Dot, Some(b"\xfb\xff"));
        check(b"+/8", Coding::Base64Dot, Some(b"\xfb\xff"));
        check(b"ZmJmZg==", Coding::Base64Hex, Some(b"\xfb\xff"));
    }

    #[test]
    fn padding_and_trailing_bits_of_base64_are_not_looked_at() {
        for text in [&b"+/8="[..], b"+/8", b"+/8==", b"+/9=", b"+/+"] {
            check(text, Coding::Base64, Some(b"\xfb\xff"));
        }
        check(b"", Coding::Base64, Some(b""));
    }

    #[test]
    fn what_is_spelt_otherwise_is_no_part() {
        for (text, coding) in [
            (&b"abc"[..], Coding::Hex),
            (b"0g", Coding::Hex),
            (b"A", Coding::Base64),
            (b"AAAA=A", Coding::Base64),
            (b"AA A", Coding::Base64),
            (b"-_8=", Coding::Base64),
            (b"+/8=", Coding::Base64Url),
            (b"Zg==", Coding::Base64Hex),
        ] {
            check(text, coding, None);
        }
    }

    #[test]
    fn a_part_of_a_part_stays_inside_it() {
        let whole = CodedBytes::of(b"AAECAwQF", Coding::Base64).expect("base64");
        let (front, back) = whole.split(2).expect("six bytes");
        let (middle, end) = back.split(3).expect("four bytes");
        for (part, bytes) in [(front, &[0, 1][..]), (middle, &[2, 3, 4]), (end, &[5])] {
            assert_eq!(part.decode().as_deref().map(Vec::as_slice), Some(bytes));
        }
        assert!(whole.split(7).is_none());
        assert!(back.cut(3, 2).is_none());
        assert!(back.cut(usize::MAX, 2).is_none());
    }
}
