//! The shapes of bare digests: how many bits they have, and how they are spelt.
//!
//! What each of them may be stands in `registry`.

use std::fmt;

use zeroize::Zeroizing;

use super::digest_spelling::{
    DIGEST_BYTES_MAX, base64_bytes, decode_base64, grouped, hex_front, lower_hex, prefixed, uuid,
};
use super::joined::{SALT_BYTES_MAX, is_salt, may_be_joined, split_joined, split_salt};
use super::missing_salt::MissingSalt;
use crate::text;

/// A digest by its number of hex digits and by its spelling: in hex, in hex with a salt beside it,
/// or in one of the other spellings that applications store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Shape {
    digits: Digits,
    spelt: Notation,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Digits {
    D32,
    D40,
    D56,
    D64,
    D96,
    D128,
    D16,
}

/// How the digest is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Notation {
    /// In hex.
    Hex,
    /// In hex, with a salt before or behind it and one character between them.
    Joined,
    /// In base64 with its padding, of either alphabet.
    Padded,
    /// In base64 without padding, of either alphabet.
    Base64,
    /// In hex behind `0x` or `\x`, or as `X'…'`.
    Prefixed,
    /// In hex, in groups of one length: `AB-CD-…`, `ab:cd:…`.
    Grouped,
    /// In hex, in the groups of a UUID.
    Uuid,
    /// In hex, without the salt that stands in a column for others.
    Lacking(MissingSalt),
}

#[expect(
    non_upper_case_globals,
    reason = "they are used as the names of variants are"
)]
impl Shape {
    /// 128 bits.
    pub const Hex32: Self = Self::hex(Digits::D32);
    /// 160 bits.
    pub const Hex40: Self = Self::hex(Digits::D40);
    /// 224 bits.
    pub const Hex56: Self = Self::hex(Digits::D56);
    /// 256 bits.
    pub const Hex64: Self = Self::hex(Digits::D64);
    /// 384 bits.
    pub const Hex96: Self = Self::hex(Digits::D96);
    /// 512 bits.
    pub const Hex128: Self = Self::hex(Digits::D128);
    /// 64 bits: a digest that was cut, or one of very old functions.
    pub const Hex16: Self = Self::hex(Digits::D16);
}

/// Every shape with its name, as every output spells it. The bare ones in hex come first, shortest
/// first, then those with a salt, then the other spellings.
const NAMES: [(Shape, &str); 55] = {
    use Digits::{D16, D32, D40, D56, D64, D96, D128};
    use MissingSalt::{Doubtful, Empty, Null};
    use Notation::{Base64, Grouped, Hex, Joined, Lacking, Padded, Prefixed, Uuid};
    const fn row(digits: Digits, spelt: Notation, name: &'static str) -> (Shape, &'static str) {
        (Shape { digits, spelt }, name)
    }
    [
        row(D32, Hex, "hex32"),
        row(D40, Hex, "hex40"),
        row(D56, Hex, "hex56"),
        row(D64, Hex, "hex64"),
        row(D96, Hex, "hex96"),
        row(D128, Hex, "hex128"),
        row(D32, Joined, "hex32:salt"),
        row(D40, Joined, "hex40:salt"),
        row(D56, Joined, "hex56:salt"),
        row(D64, Joined, "hex64:salt"),
        row(D96, Joined, "hex96:salt"),
        row(D128, Joined, "hex128:salt"),
        row(D16, Hex, "hex16"),
        row(D32, Padded, "base64-24"),
        row(D40, Padded, "base64-28"),
        row(D56, Padded, "base64-40"),
        row(D64, Padded, "base64-44"),
        row(D128, Padded, "base64-88"),
        row(D32, Base64, "base64-22"),
        row(D40, Base64, "base64-27"),
        row(D56, Base64, "base64-38"),
        row(D64, Base64, "base64-43"),
        row(D96, Base64, "base64-64"),
        row(D128, Base64, "base64-86"),
        row(D32, Prefixed, "0x-hex32"),
        row(D40, Prefixed, "0x-hex40"),
        row(D56, Prefixed, "0x-hex56"),
        row(D64, Prefixed, "0x-hex64"),
        row(D96, Prefixed, "0x-hex96"),
        row(D128, Prefixed, "0x-hex128"),
        row(D32, Grouped, "grouped-hex32"),
        row(D40, Grouped, "grouped-hex40"),
        row(D56, Grouped, "grouped-hex56"),
        row(D64, Grouped, "grouped-hex64"),
        row(D96, Grouped, "grouped-hex96"),
        row(D128, Grouped, "grouped-hex128"),
        row(D32, Uuid, "uuid-hex32"),
        row(D32, Lacking(Null), "hex32-salt-null"),
        row(D40, Lacking(Null), "hex40-salt-null"),
        row(D56, Lacking(Null), "hex56-salt-null"),
        row(D64, Lacking(Null), "hex64-salt-null"),
        row(D96, Lacking(Null), "hex96-salt-null"),
        row(D128, Lacking(Null), "hex128-salt-null"),
        row(D32, Lacking(Empty), "hex32-salt-empty"),
        row(D40, Lacking(Empty), "hex40-salt-empty"),
        row(D56, Lacking(Empty), "hex56-salt-empty"),
        row(D64, Lacking(Empty), "hex64-salt-empty"),
        row(D96, Lacking(Empty), "hex96-salt-empty"),
        row(D128, Lacking(Empty), "hex128-salt-empty"),
        row(D32, Lacking(Doubtful), "hex32-salt-doubtful"),
        row(D40, Lacking(Doubtful), "hex40-salt-doubtful"),
        row(D56, Lacking(Doubtful), "hex56-salt-doubtful"),
        row(D64, Lacking(Doubtful), "hex64-salt-doubtful"),
        row(D96, Lacking(Doubtful), "hex96-salt-doubtful"),
        row(D128, Lacking(Doubtful), "hex128-salt-doubtful"),
    ]
};

impl Shape {
    /// Every shape: the bare ones in hex, shortest first, then the joined ones, then the others.
    pub const ALL: [Self; NAMES.len()] = {
        let mut all = [Self::Hex32; NAMES.len()];
        let mut at = 0;
        while at < all.len() {
            all[at] = NAMES[at].0;
            at += 1;
        }
        all
    };

    const fn hex(digits: Digits) -> Self {
        Self {
            digits,
            spelt: Notation::Hex,
        }
    }

    const fn spelt(self, spelt: Notation) -> Self {
        Self {
            digits: self.digits,
            spelt,
        }
    }

    /// The shape of the same digest with its salt beside it.
    pub const fn with_salt(self) -> Self {
        self.spelt(Notation::Joined)
    }

    /// The shape of the same digest alone, in hex.
    pub const fn without_salt(self) -> Self {
        self.spelt(Notation::Hex)
    }

    /// Whether a salt stands beside the digest.
    pub const fn is_joined(self) -> bool {
        matches!(self.spelt, Notation::Joined)
    }

    /// The shape of the same digest without the salt that others have; itself where it has its salt
    /// beside it, or is spelt otherwise than such digests are.
    pub fn lacking(self, salt: MissingSalt) -> Self {
        if self.is_bare_hex() && self != Self::Hex16 {
            self.spelt(Notation::Lacking(salt))
        } else {
            self
        }
    }

    /// Why it has no salt in a column that has one for others.
    pub const fn missing_salt(self) -> Option<MissingSalt> {
        match self.spelt {
            Notation::Lacking(missing) => Some(missing),
            _ => None,
        }
    }

    /// Whether the value is the digest in hex and nothing else.
    pub const fn is_bare_hex(self) -> bool {
        matches!(self.spelt, Notation::Hex)
    }

    /// Whether a password may look so by chance: unpadded base64, 16 hex digits, a UUID.
    pub const fn is_chance(self) -> bool {
        matches!(self.spelt, Notation::Base64 | Notation::Uuid)
            || matches!(self.digits, Digits::D16)
    }

    /// The shape of that many hex digits alone.
    pub const fn of_digits(digits: usize) -> Option<Self> {
        match digits {
            16 => Some(Self::Hex16),
            32 => Some(Self::Hex32),
            40 => Some(Self::Hex40),
            56 => Some(Self::Hex56),
            64 => Some(Self::Hex64),
            96 => Some(Self::Hex96),
            128 => Some(Self::Hex128),
            _ => None,
        }
    }

    /// The shape of a trimmed value in hex: digits of such a number, or the same and `:` and a
    /// salt.
    ///
    /// No string with a prefix looks so. The other spellings are told by [`Shape::of`], which a
    /// value is asked after its prefix.
    pub fn of_hex(value: &[u8]) -> Option<Self> {
        if let Some(shape) = Self::of_digits(value.len())
            && text::is_hex(value)
        {
            return Some(shape);
        }
        let digits = hex_front(value);
        let good = value.get(digits) == Some(&b':') && is_salt(value.get(digits + 1..)?);
        good.then(|| joined(digits))?
    }

    /// The shape of a trimmed value in any spelling.
    pub fn of(value: &[u8]) -> Option<Self> {
        Self::of_hex(value).or_else(|| Self::of_other(value))
    }

    /// The shape of a trimmed value that is no hex: base64, hex with a prefix or in groups, and
    /// digests joined with their salt by another character, or the other way round.
    pub fn of_other(value: &[u8]) -> Option<Self> {
        let spelt = |digits: usize, spelt| Some(Self::of_digits(digits)?.spelt(spelt));
        // Every byte that only these spellings have, and every length, is checked before the rest.
        if value.len() < 18 || value.len() > 128 + 1 + SALT_BYTES_MAX {
            return None;
        }
        if let Some(digits) = prefixed(value) {
            return spelt(digits.len(), Notation::Prefixed).filter(|shape| shape.digits() > 16);
        }
        if value.len() == 36
            && let Some(digits) = uuid(value)
        {
            return spelt(digits, Notation::Uuid);
        }
        if let Some(bytes) = base64_bytes(value) {
            let padded = value.last() == Some(&b'=');
            return spelt(
                2 * bytes,
                if padded {
                    Notation::Padded
                } else {
                    Notation::Base64
                },
            );
        }
        if let Some(digits) = grouped(value) {
            return spelt(digits, Notation::Grouped).filter(|shape| shape.digits() > 16);
        }
        split_joined(value).and_then(|(digits, _)| joined(digits.len()))
    }

    /// The digest of a trimmed value of this shape in lowercase hex.
    pub fn digest_text(self, value: &[u8]) -> Option<Zeroizing<String>> {
        let made = match self.spelt {
            Notation::Hex | Notation::Lacking(_) => text::canonical_hex(value).map(Zeroizing::new),
            Notation::Joined => {
                let (digits, _) = split_salt(value)?;
                text::canonical_hex(digits).map(Zeroizing::new)
            }
            Notation::Padded | Notation::Base64 => {
                let mut bytes = Zeroizing::new([0_u8; DIGEST_BYTES_MAX + 2]);
                let len = decode_base64(value, bytes.as_mut_slice())?;
                Some(lower_hex(bytes.get(..len)?))
            }
            Notation::Prefixed => text::canonical_hex(prefixed(value)?).map(Zeroizing::new),
            Notation::Grouped | Notation::Uuid => {
                let digits = value.iter().filter(|byte| byte.is_ascii_hexdigit());
                Some(Zeroizing::new(
                    digits
                        .map(|digit| char::from(digit.to_ascii_lowercase()))
                        .collect(),
                ))
            }
        };
        made.filter(|text| text.len() == self.digits())
    }

    /// Its place in [`Shape::ALL`].
    pub const fn index(self) -> usize {
        let digits = self.digits as usize;
        match (self.spelt, self.digits) {
            (Notation::Hex, Digits::D16) => 12,
            (Notation::Hex, _) => digits,
            (Notation::Joined, _) => 6 + digits,
            (Notation::Padded, Digits::D128) => 17,
            (Notation::Padded, _) => 13 + digits,
            (Notation::Base64, _) => 18 + digits,
            (Notation::Prefixed, _) => 24 + digits,
            (Notation::Grouped, _) => 30 + digits,
            (Notation::Uuid, _) => 36,
            (Notation::Lacking(MissingSalt::Null), _) => 37 + digits,
            (Notation::Lacking(MissingSalt::Empty), _) => 43 + digits,
            (Notation::Lacking(MissingSalt::Doubtful), _) => 49 + digits,
        }
    }

    /// How many hex digits it has.
    pub const fn digits(self) -> usize {
        match self.digits {
            Digits::D16 => 16,
            Digits::D32 => 32,
            Digits::D40 => 40,
            Digits::D56 => 56,
            Digits::D64 => 64,
            Digits::D96 => 96,
            Digits::D128 => 128,
        }
    }

    /// The name, as every output spells it.
    pub const fn as_str(self) -> &'static str {
        NAMES[self.index()].1
    }

    /// The shape of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|shape| shape.as_str() == name)
    }

    /// What values of it look like, in words.
    pub fn words(self) -> String {
        let bytes = self.digits() / 2;
        match self.spelt {
            Notation::Hex => format!("{} hex digits", self.digits()),
            Notation::Joined => format!("{} hex digits and a salt", self.digits()),
            Notation::Padded => format!("{bytes} bytes in base64"),
            Notation::Base64 => format!("{bytes} bytes in base64 without padding"),
            Notation::Prefixed => format!("{} hex digits behind 0x", self.digits()),
            Notation::Grouped => format!("{} hex digits in groups", self.digits()),
            Notation::Uuid => "32 hex digits spelt as a UUID".to_owned(),
            Notation::Lacking(missing) => {
                format!("{} hex digits, {}", self.digits(), missing.words())
            }
        }
    }
}

fn joined(digits: usize) -> Option<Shape> {
    let shape = Shape::of_digits(digits).filter(|_| may_be_joined(digits))?;
    Some(shape.with_salt())
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD_NO_PAD;

    use super::super::joined::{is_separator, joined_by};
    use super::*;

    const MD5: &str = "5f4dcc3b5aa765d61d8327deb882cf99";

    fn check(value: &str, name: Option<&str>) {
        let shape = Shape::of(value.as_bytes());
        assert_eq!(shape.map(Shape::as_str), name, "{value}");
    }

    /// The name of a spelling, and that it stands for `password`'s digest.
    fn spelling(value: &str, name: &str, digest: &str) {
        check(value, Some(name));
        let shape = Shape::parse(name).expect("a name");
        let text = shape.digest_text(value.as_bytes());
        assert_eq!(text.as_deref().map(String::as_str), Some(digest), "{value}");
    }

    #[test]
    fn every_shape_has_its_place_and_its_name() {
        for (at, shape) in Shape::ALL.into_iter().enumerate() {
            assert_eq!(shape.index(), at, "{shape}");
            assert_eq!(Shape::parse(shape.as_str()), Some(shape));
        }
    }

    #[test]
    fn a_digest_is_told_in_every_spelling_and_stands_for_its_hex() {
        let sha1 = "5baa61e4c9b93f3f0682250b6cf8331b7ee68fd8";
        for (value, name, digest) in [
            (MD5, "hex32", MD5),
            ("X03MO1qnZdYdgyfeuILPmQ==", "base64-24", MD5),
            ("X03MO1qnZdYdgyfeuILPmQ", "base64-22", MD5),
            ("W6ph5Mm5Pz8GgiULbPgzG37mj9g=", "base64-28", sha1),
            ("W6ph5Mm5Pz8GgiULbPgzG37mj9g", "base64-27", sha1),
            ("0x5F4DCC3B5AA765D61D8327DEB882CF99", "0x-hex32", MD5),
            ("\\x5f4dcc3b5aa765d61d8327deb882cf99", "0x-hex32", MD5),
            ("X'5f4dcc3b5aa765d61d8327deb882cf99'", "0x-hex32", MD5),
            (
                "5F-4D-CC-3B-5A-A7-65-D6-1D-83-27-DE-B8-82-CF-99",
                "grouped-hex32",
                MD5,
            ),
            (
                "5f:4d:cc:3b:5a:a7:65:d6:1d:83:27:de:b8:82:cf:99",
                "grouped-hex32",
                MD5,
            ),
            (
                "5f4d cc3b 5aa7 65d6 1d83 27de b882 cf99",
                "grouped-hex32",
                MD5,
            ),
            ("5f4dcc3b-5aa7-65d6-1d83-27deb882cf99", "uuid-hex32", MD5),
            ("5aa765d61d8327de", "hex16", "5aa765d61d8327de"),
        ] {
            spelling(value, name, digest);
        }
        let bytes: Vec<u8> = (0..64).map(|at| 0xf8 | at).collect();
        for (len, padded, bare) in [
            (16, 24, 22),
            (20, 28, 27),
            (28, 40, 38),
            (32, 44, 43),
            (64, 88, 86),
        ] {
            use base64::engine::general_purpose::{STANDARD, URL_SAFE};
            let hex = lower_hex(&bytes[..len]);
            for text in [
                STANDARD.encode(&bytes[..len]),
                URL_SAFE.encode(&bytes[..len]),
            ] {
                spelling(&text, &format!("base64-{padded}"), &hex);
                spelling(text.trim_end_matches('='), &format!("base64-{bare}"), &hex);
            }
        }
        spelling(
            &STANDARD_NO_PAD.encode(&bytes[..48]),
            "base64-64",
            &lower_hex(&bytes[..48]),
        );
    }

    #[test]
    fn a_salt_stands_on_either_side_of_any_one_character() {
        for value in [
            format!("{MD5}:a:b"),
            format!("{MD5} salt"),
            format!("{MD5}$salt"),
            format!("{MD5}|s-l"),
            format!("salt${MD5}"),
            format!("salt:{MD5}"),
            format!("salt {MD5}"),
        ] {
            spelling(&value, "hex32:salt", MD5);
            let (_, salt) = split_salt(value.as_bytes()).expect("a salt");
            assert_eq!(salt.len(), value.len() - 33, "{value}");
            let between = joined_by(value.as_bytes()).expect("a character");
            assert!(is_separator(between) && value.contains(char::from(between)));
        }
        assert_eq!(joined_by(format!("a:b {MD5}").as_bytes()), Some(b' '));
        assert_eq!(joined_by(format!("{MD5}:a b").as_bytes()), Some(b':'));
        assert_eq!(joined_by(MD5.as_bytes()), None);
        for value in [
            // Both may be the digest.
            format!("{MD5}${MD5}"),
            format!("{MD5} {MD5}"),
            // More than two parts, and names of other forms.
            format!("a$b${MD5}"),
            format!("{MD5}|a|b"),
            format!("{MD5}salt"),
            format!("{{SHA}}x:{MD5}"),
            format!("{MD5}$"),
            format!("${MD5}"),
        ] {
            check(&value, None);
        }
    }

    #[test]
    fn what_only_resembles_a_spelling_is_none() {
        for value in [
            "X03MO1qnZdYdgyfeuILPmR==",
            "X03MO1qnZdYdgyfeuILPmR",
            "X03MO1qnZdYdgyfeuILPmQ=",
            "X03MO1qnZdYdgyfeuIL!mQ==",
            "X03MO1qnZd-dgyf/uILPmQ==",
            "0x5f4dcc3b5aa765d61d8327deb882cf9",
            "5f-4d-cc:3b-5a-a7-65-d6-1d-83-27-de-b8-82-cf-99",
            "5f4dcc3b5-aa7-65d6-1d83-27deb882cf99",
            "5aa765d61d8327d",
            "correct horse battery staple",
        ] {
            check(value, None);
        }
    }
}
