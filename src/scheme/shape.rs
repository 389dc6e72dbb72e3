//! The shapes of bare digests, and what each of them may be.

use std::fmt;

use super::Scheme;

/// A digest in hex, by its number of digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Shape {
    /// 128 bits.
    Hex32,
    /// 160 bits.
    Hex40,
    /// 224 bits.
    Hex56,
    /// 256 bits.
    Hex64,
    /// 384 bits.
    Hex96,
    /// 512 bits.
    Hex128,
}

impl Shape {
    /// Every shape, shortest first.
    pub const ALL: [Self; 6] = [
        Self::Hex32,
        Self::Hex40,
        Self::Hex56,
        Self::Hex64,
        Self::Hex96,
        Self::Hex128,
    ];

    /// The shape of that many hex digits.
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

    /// How many hex digits it has.
    pub const fn digits(self) -> usize {
        match self {
            Self::Hex32 => 32,
            Self::Hex40 => 40,
            Self::Hex56 => 56,
            Self::Hex64 => 64,
            Self::Hex96 => 96,
            Self::Hex128 => 128,
        }
    }

    /// The name, as every output spells it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Hex32 => "hex32",
            Self::Hex40 => "hex40",
            Self::Hex56 => "hex56",
            Self::Hex64 => "hex64",
            Self::Hex96 => "hex96",
            Self::Hex128 => "hex128",
        }
    }

    /// The unsalted schemes that make such a digest, likeliest first: what a proof has to tell apart.
    pub const fn candidates(self) -> &'static [Scheme] {
        match self {
            Self::Hex32 => &[
                Scheme::MD5,
                Scheme::NTLM,
                Scheme::MD5_MD5,
                Scheme::MD4,
                Scheme::MD5_UTF16,
                Scheme::MD5_SHA1,
                Scheme::MD5_MD5_MD5,
                Scheme::MD5_UPPER_MD5,
            ],
            Self::Hex40 => &[
                Scheme::SHA1,
                Scheme::MYSQL41,
                Scheme::SHA1_SHA1,
                Scheme::SHA1_MD5,
                Scheme::SHA1_UTF16,
                Scheme::RIPEMD160,
            ],
            Self::Hex56 => &[Scheme::SHA224, Scheme::SHA3_224],
            Self::Hex64 => &[
                Scheme::SHA256,
                Scheme::SHA256_SHA256,
                Scheme::SHA256_TWICE,
                Scheme::SHA256_MD5,
                Scheme::SHA256_UTF16,
                Scheme::SHA3_256,
                Scheme::KECCAK256,
                Scheme::BLAKE2S,
            ],
            Self::Hex96 => &[Scheme::SHA384, Scheme::SHA3_384, Scheme::KECCAK384],
            Self::Hex128 => &[
                Scheme::SHA512,
                Scheme::SHA512_UTF16,
                Scheme::SHA3_512,
                Scheme::KECCAK512,
                Scheme::BLAKE2B,
                Scheme::WHIRLPOOL,
            ],
        }
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_candidate_has_the_shape_that_it_is_a_candidate_of() {
        for shape in Shape::ALL {
            assert_eq!(Shape::of_digits(shape.digits()), Some(shape));
            for scheme in shape.candidates() {
                assert_eq!(scheme.shape(), Some(shape), "{scheme}");
            }
        }
    }

    #[test]
    fn every_unsalted_digest_in_the_registry_is_a_candidate_of_its_shape() {
        for scheme in Scheme::all() {
            if let Some(shape) = scheme.shape() {
                assert!(shape.candidates().contains(&scheme), "{scheme}");
            }
        }
    }
}
