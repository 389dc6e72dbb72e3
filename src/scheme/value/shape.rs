//! The shapes of bare digests, alone or with their salt behind a colon.
//!
//! What each of them may be stands in `registry`.

use std::fmt;

use crate::text;

/// A digest in hex, by its number of digits; joined where `:` and a salt follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Shape {
    digits: Digits,
    joined: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Digits {
    D32,
    D40,
    D56,
    D64,
    D96,
    D128,
}

/// A salt behind a colon has at most that many bytes.
const SALT_BYTES_MAX: usize = 128;

#[expect(
    non_upper_case_globals,
    reason = "they are used as the names of variants are"
)]
impl Shape {
    /// 128 bits.
    pub const Hex32: Self = Self::bare(Digits::D32);
    /// 160 bits.
    pub const Hex40: Self = Self::bare(Digits::D40);
    /// 224 bits.
    pub const Hex56: Self = Self::bare(Digits::D56);
    /// 256 bits.
    pub const Hex64: Self = Self::bare(Digits::D64);
    /// 384 bits.
    pub const Hex96: Self = Self::bare(Digits::D96);
    /// 512 bits.
    pub const Hex128: Self = Self::bare(Digits::D128);
}

impl Shape {
    /// Every shape: the bare ones, shortest first, then the joined ones.
    pub const ALL: [Self; 12] = [
        Self::Hex32,
        Self::Hex40,
        Self::Hex56,
        Self::Hex64,
        Self::Hex96,
        Self::Hex128,
        Self::Hex32.with_salt(),
        Self::Hex40.with_salt(),
        Self::Hex56.with_salt(),
        Self::Hex64.with_salt(),
        Self::Hex96.with_salt(),
        Self::Hex128.with_salt(),
    ];

    const fn bare(digits: Digits) -> Self {
        Self {
            digits,
            joined: false,
        }
    }

    /// The shape of the same digest with its salt behind it.
    pub const fn with_salt(self) -> Self {
        Self {
            digits: self.digits,
            joined: true,
        }
    }

    /// The shape of the digest alone.
    pub const fn without_salt(self) -> Self {
        Self::bare(self.digits)
    }

    /// Whether a salt stands behind the digest.
    pub const fn is_joined(self) -> bool {
        self.joined
    }

    /// The shape of that many hex digits alone.
    pub const fn of_digits(digits: usize) -> Option<Self> {
        match digits {
            32 => Some(Self::Hex32),
            40 => Some(Self::Hex40),
            56 => Some(Self::Hex56),
            64 => Some(Self::Hex64),
            96 => Some(Self::Hex96),
            128 => Some(Self::Hex128),
            _ => None,
        }
    }

    /// The shape of a trimmed value: hex digits of such a number, or the same and `:` and a
    /// printable salt.
    pub fn of(value: &[u8]) -> Option<Self> {
        if let Some(shape) = Self::of_digits(value.len())
            && text::is_hex(value)
        {
            return Some(shape);
        }
        let colon = value
            .iter()
            .take(129)
            .position(|byte| !byte.is_ascii_hexdigit())?;
        let salt = value.get(colon + 1..)?;
        let good = value[colon] == b':'
            && (1..=SALT_BYTES_MAX).contains(&salt.len())
            && !salt.iter().any(u8::is_ascii_control);
        good.then(|| Self::of_digits(colon).map(Self::with_salt))?
    }

    /// Its place in [`Shape::ALL`].
    pub const fn index(self) -> usize {
        self.digits as usize + if self.joined { 6 } else { 0 }
    }

    /// How many hex digits it has.
    pub const fn digits(self) -> usize {
        match self.digits {
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
        match (self.digits, self.joined) {
            (Digits::D32, false) => "hex32",
            (Digits::D40, false) => "hex40",
            (Digits::D56, false) => "hex56",
            (Digits::D64, false) => "hex64",
            (Digits::D96, false) => "hex96",
            (Digits::D128, false) => "hex128",
            (Digits::D32, true) => "hex32:salt",
            (Digits::D40, true) => "hex40:salt",
            (Digits::D56, true) => "hex56:salt",
            (Digits::D64, true) => "hex64:salt",
            (Digits::D96, true) => "hex96:salt",
            (Digits::D128, true) => "hex128:salt",
        }
    }

    /// The shape of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|shape| shape.as_str() == name)
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
