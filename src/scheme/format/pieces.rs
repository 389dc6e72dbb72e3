//! A digest and its parameters, side by side in a value.

use base64::Engine;
use base64::alphabet;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use zeroize::Zeroizing;

use super::cursor::{all, is_base64, is_crypt64};
use crate::scheme::expression::hex;
use crate::scheme::value::Strength;
use crate::text;

/// Padded or not, with unused bits of any value: makers differ, and the bytes are the same.
pub(in crate::scheme) const BASE64: GeneralPurpose = loose(&alphabet::STANDARD);

/// The same with crypt(3)'s digits in base64's order, as Cisco spells it.
pub(in crate::scheme) const BASE64_CRYPT: GeneralPurpose = loose(&alphabet::CRYPT);

const fn loose(alphabet: &alphabet::Alphabet) -> GeneralPurpose {
    GeneralPurpose::new(
        alphabet,
        GeneralPurposeConfig::new()
            .with_decode_padding_mode(DecodePaddingMode::Indifferent)
            .with_decode_allow_trailing_bits(true),
    )
}

/// What a value consists of.
pub(in crate::scheme) struct Pieces<'v> {
    pub(in crate::scheme) strength: Strength,
    /// What made the digest, as the value spells it.
    pub(in crate::scheme) setting: &'v [u8],
    pub(in crate::scheme) digest: Encoded<'v>,
}

/// A digest in one of the spellings.
pub(in crate::scheme) enum Encoded<'v> {
    /// Hex of either case.
    Hex(&'v [u8]),
    /// Standard base64.
    Base64(&'v [u8]),
    /// The first bytes of a text in it.
    Base64Front(&'v [u8], usize),
    /// Two pieces of it, one after the other.
    Base64Twice(&'v [u8], &'v [u8]),
    /// Base64 of crypt(3)'s digits.
    Crypt64(&'v [u8]),
    /// Digits that are compared as they are.
    AsIs(&'v [u8]),
}

impl Encoded<'_> {
    /// How many bytes it stands for, if it is spelt well.
    pub(in crate::scheme) fn len(&self) -> Option<usize> {
        match self {
            Self::Hex(digits) => {
                (digits.len().is_multiple_of(2) && text::is_hex(digits)).then_some(digits.len() / 2)
            }
            Self::Base64(digits) => base64_len(digits),
            Self::Base64Front(digits, bytes) => base64_len(digits)
                .filter(|len| len >= bytes)
                .map(|_| *bytes),
            Self::Base64Twice(first, second) => base64_len(first)?.checked_add(base64_len(second)?),
            Self::Crypt64(digits) => all(digits, is_crypt64).then(|| digits.len() * 3 / 4),
            Self::AsIs(digits) => all(digits, is_crypt64).then_some(digits.len()),
        }
    }

    pub(in crate::scheme) fn text(&self) -> Option<Zeroizing<String>> {
        let decoded =
            |engine: &GeneralPurpose, digits: &[u8]| engine.decode(digits).ok().map(Zeroizing::new);
        match self {
            Self::Hex(digits) => text::canonical_hex(digits).map(Zeroizing::new),
            Self::Base64(digits) => Some(hex(&decoded(&BASE64, digits)?)),
            Self::Base64Front(digits, bytes) => Some(hex(decoded(&BASE64, digits)?.get(..*bytes)?)),
            Self::Base64Twice(first, second) => {
                let mut both = decoded(&BASE64, first)?;
                both.extend_from_slice(&decoded(&BASE64, second)?);
                Some(hex(&both))
            }
            Self::Crypt64(digits) => Some(hex(&decoded(&BASE64_CRYPT, digits)?)),
            Self::AsIs(digits) => {
                Some(Zeroizing::new(std::str::from_utf8(digits).ok()?.to_owned()))
            }
        }
    }
}

/// How many bytes a text of base64 stands for, padded or not; none if it is no base64.
fn base64_len(text: &[u8]) -> Option<usize> {
    let bare = text
        .strip_suffix(b"==")
        .or_else(|| text.strip_suffix(b"="))
        .unwrap_or(text);
    let padded = bare.len() == text.len() || text.len().is_multiple_of(4);
    (padded && bare.len() % 4 != 1 && all(bare, is_base64)).then(|| bare.len() * 3 / 4)
}

impl Pieces<'_> {
    /// The pieces, if the digest is well spelt and stands for that many bytes.
    pub(in crate::scheme) fn of_len(self, bytes: usize) -> Option<Self> {
        (self.digest.len()? == bytes).then_some(self)
    }
}

/// A fast digest in hex.
pub(in crate::scheme) fn fast_hex<'v>(setting: &'v [u8], digest: &'v [u8]) -> Pieces<'v> {
    Pieces {
        strength: Strength::Fast,
        setting,
        digest: Encoded::Hex(digest),
    }
}

/// Salts have at most that many bytes, wherever nothing else is said.
pub(in crate::scheme) const SALT_BYTES_MAX: usize = 128;

/// `salt`, a separator, and a digest in hex of that many bytes.
pub(in crate::scheme) fn salt_and_hex(
    rest: &[u8],
    separator: u8,
    bytes: usize,
) -> Option<Pieces<'_>> {
    let at = rest.len().checked_sub(2 * bytes + 1)?;
    let (salt, digest) = rest.split_at_checked(at)?;
    let digest = digest.strip_prefix(&[separator])?;
    let good = salt.len() <= SALT_BYTES_MAX && !salt.iter().any(u8::is_ascii_control);
    good.then(|| fast_hex(salt, digest).of_len(bytes))?
}

/// So many hex digits of salt, then a digest in hex of that many bytes.
pub(in crate::scheme) fn hex_after(
    value: &[u8],
    salt_digits: usize,
    bytes: usize,
) -> Option<Pieces<'_>> {
    if value.len() != salt_digits + 2 * bytes {
        return None;
    }
    let (salt, digest) = value.split_at_checked(salt_digits)?;
    text::is_hex(salt).then(|| fast_hex(salt, digest).of_len(bytes))?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_is_told_without_decoding() {
        for good in ["", "YQ", "YQ==", "YWI", "YWI=", "YWJj", "YWJjZB"] {
            let bytes = BASE64.decode(good).expect("base64");
            assert_eq!(base64_len(good.as_bytes()), Some(bytes.len()), "{good}");
        }
        for bad in ["Y", "YQ=", "YWJj=", "YWJj==", "YW!=", "YWJjZ"] {
            assert_eq!(base64_len(bad.as_bytes()), None, "{bad}");
        }
    }
}
