//! Values that are a digest and what it was made with, one beside the other: cut in place, and made by a formula.
//!
//! What an expression can say is none of these; it says nothing of where in a string the pieces stand.

use base64::Engine;
use base64::alphabet;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use zeroize::Zeroizing;

use super::base::{Family, Made};
use crate::scheme::expression::hex;
use crate::scheme::format::{all, is_base64, is_crypt64};
use crate::scheme::value::{Context, Needs, Scheme, Strength, Taken, VerifyError};
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

/// A scheme of such values, as two functions.
pub(in crate::scheme) struct Cut {
    /// Cuts a value that has the scheme's form.
    pub(in crate::scheme) cut: for<'v> fn(&'v [u8]) -> Option<Pieces<'v>>,
    /// Makes the canonical text.
    pub(in crate::scheme) make: fn(&Asked<'_>) -> Made,
    pub(in crate::scheme) needs: Needs,
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
    /// Two pieces of it, one after the other.
    Base64Twice(&'v [u8], &'v [u8]),
    /// Base64 of crypt(3)'s digits.
    Crypt64(&'v [u8]),
    /// Digits that are compared as they are.
    AsIs(&'v [u8]),
}

/// What a formula is asked.
pub(in crate::scheme) struct Asked<'a> {
    pub(in crate::scheme) scheme: Scheme,
    pub(in crate::scheme) setting: &'a [u8],
    pub(in crate::scheme) password: &'a [u8],
    pub(in crate::scheme) context: &'a Context<'a>,
}

impl Asked<'_> {
    /// The user's name, without which the scheme can't do.
    pub(in crate::scheme) fn username(&self) -> Result<&str, VerifyError> {
        self.context.username.ok_or(self.missing("username"))
    }

    /// The salt of the other column.
    pub(in crate::scheme) fn salt(&self) -> Result<&[u8], VerifyError> {
        let salt = self.context.salt.ok_or(self.missing("salt"))?;
        Ok(salt.as_bytes())
    }

    fn missing(&self, what: &'static str) -> VerifyError {
        VerifyError::Missing {
            scheme: self.scheme,
            what,
        }
    }
}

impl Encoded<'_> {
    /// How many bytes it stands for, if it is spelt well.
    pub(in crate::scheme) fn len(&self) -> Option<usize> {
        match self {
            Self::Hex(digits) => {
                (digits.len().is_multiple_of(2) && text::is_hex(digits)).then_some(digits.len() / 2)
            }
            Self::Base64(digits) => base64_len(digits),
            Self::Base64Twice(first, second) => base64_len(first)?.checked_add(base64_len(second)?),
            Self::Crypt64(digits) => all(digits, is_crypt64).then(|| digits.len() * 3 / 4),
            Self::AsIs(digits) => all(digits, is_crypt64).then_some(digits.len()),
        }
    }

    fn text(&self) -> Option<Zeroizing<String>> {
        let decoded =
            |engine: &GeneralPurpose, digits: &[u8]| engine.decode(digits).ok().map(Zeroizing::new);
        match self {
            Self::Hex(digits) => text::canonical_hex(digits).map(Zeroizing::new),
            Self::Base64(digits) => Some(hex(&decoded(&BASE64, digits)?)),
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

impl Family for Cut {
    fn read(&self, _: Scheme, value: &[u8]) -> Option<Strength> {
        (self.cut)(value).map(|pieces| pieces.strength)
    }

    fn take(&self, _: Scheme, value: &[u8]) -> Option<Taken> {
        let pieces = (self.cut)(value)?;
        Some(Taken {
            strength: pieces.strength,
            setting: pieces.setting.to_vec(),
            text: pieces.digest.text()?,
        })
    }

    fn make(&self, scheme: Scheme, setting: &[u8], password: &[u8], context: &Context<'_>) -> Made {
        (self.make)(&Asked {
            scheme,
            setting,
            password,
            context,
        })
    }

    fn needs(&self, _: Scheme) -> Needs {
        self.needs
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

/// Bytes as a canonical text.
pub(in crate::scheme) fn made(bytes: &[u8]) -> Made {
    Ok(Some(hex(bytes)))
}

/// The password, or a name, in UTF-16LE; none where it is no UTF-8.
pub(in crate::scheme) fn wide(text: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    encoded(text, u16::to_le_bytes)
}

/// The same in UTF-16BE.
pub(in crate::scheme) fn wide_be(text: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    encoded(text, u16::to_be_bytes)
}

fn encoded(text: &[u8], order: fn(u16) -> [u8; 2]) -> Option<Zeroizing<Vec<u8>>> {
    let text = std::str::from_utf8(text).ok()?;
    let mut bytes = Zeroizing::new(Vec::with_capacity(2 * text.len()));
    bytes.extend(text.encode_utf16().flat_map(order));
    Some(bytes)
}

/// Pieces one after the other, into bytes that are wiped.
pub(in crate::scheme) fn joined(pieces: &[&[u8]]) -> Zeroizing<Vec<u8>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(
        pieces.iter().map(|piece| piece.len()).sum(),
    ));
    for piece in pieces {
        bytes.extend_from_slice(piece);
    }
    bytes
}

/// The bytes of a setting in hex.
pub(in crate::scheme) fn unhex(digits: &[u8]) -> Result<Zeroizing<Vec<u8>>, VerifyError> {
    text::unhex(digits).ok_or(VerifyError::Parameters)
}

/// The bytes of a setting in base64.
pub(in crate::scheme) fn unbase64(digits: &[u8]) -> Result<Vec<u8>, VerifyError> {
    BASE64.decode(digits).map_err(|_| VerifyError::Parameters)
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
