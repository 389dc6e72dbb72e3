//! Values that are a digest and its parameters, side by side: `format` cuts them, and a formula
//! makes the digest.
//!
//! Expressions are not among them: an expression says nothing of where the pieces stand.

use base64::Engine;
use zeroize::Zeroizing;

use super::base::{Family, MadeText};
use crate::scheme::expression::hex;
use crate::scheme::format::{BASE64, Pieces};
use crate::scheme::value::{Context, Needs, Scheme, Strength, Taken, VerifyError};
use crate::text;

/// A scheme of such values, as two functions.
pub(in crate::scheme) struct Cut {
    /// Cuts a value that has the scheme's form.
    pub(in crate::scheme) cut: for<'v> fn(&'v [u8]) -> Option<Pieces<'v>>,
    /// Makes the canonical text.
    pub(in crate::scheme) make: fn(&FormulaInput<'_>) -> MadeText,
    pub(in crate::scheme) needs: Needs,
}

/// What a formula is asked.
#[derive(Clone, Copy)]
pub(in crate::scheme) struct FormulaInput<'a> {
    pub(in crate::scheme) scheme: Scheme,
    pub(in crate::scheme) setting: &'a [u8],
    pub(in crate::scheme) password: &'a [u8],
    pub(in crate::scheme) context: &'a Context<'a>,
}

impl FormulaInput<'_> {
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

/// Such a scheme whose formula does not read the whole password.
pub(in crate::scheme) struct PartlyRead {
    pub(in crate::scheme) cut: Cut,
    /// As [`Family::tells_all`] has it.
    pub(in crate::scheme) tells_all: fn(&FormulaInput<'_>) -> bool,
}

impl Family for PartlyRead {
    fn read(&self, scheme: Scheme, value: &[u8]) -> Option<Strength> {
        self.cut.read(scheme, value)
    }

    fn take(&self, scheme: Scheme, value: &[u8]) -> Option<Taken> {
        self.cut.take(scheme, value)
    }

    fn make(
        &self,
        scheme: Scheme,
        setting: &[u8],
        password: &[u8],
        context: &Context<'_>,
    ) -> MadeText {
        self.cut.make(scheme, setting, password, context)
    }

    fn tells_all(
        &self,
        scheme: Scheme,
        setting: &[u8],
        password: &[u8],
        context: &Context<'_>,
    ) -> bool {
        (self.tells_all)(&FormulaInput {
            scheme,
            setting,
            password,
            context,
        })
    }

    fn needs(&self, scheme: Scheme) -> Needs {
        self.cut.needs(scheme)
    }
}

/// Whether a text has no character that is written large and small.
pub(in crate::scheme) fn is_without_case(text: &[u8]) -> bool {
    text.is_ascii() && !text.iter().any(u8::is_ascii_alphabetic) && !text.contains(&0)
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

    fn make(
        &self,
        scheme: Scheme,
        setting: &[u8],
        password: &[u8],
        context: &Context<'_>,
    ) -> MadeText {
        (self.make)(&FormulaInput {
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

/// Bytes as a canonical text.
pub(in crate::scheme) fn hex_text(bytes: &[u8]) -> MadeText {
    Ok(Some(hex(bytes)))
}

/// The password, or a name, in UTF-16LE; none where it is no UTF-8.
pub(in crate::scheme) fn wide(text: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    encode_utf16_by(text, u16::to_le_bytes)
}

/// The same in UTF-16BE.
pub(in crate::scheme) fn wide_be(text: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    encode_utf16_by(text, u16::to_be_bytes)
}

fn encode_utf16_by(text: &[u8], order: fn(u16) -> [u8; 2]) -> Option<Zeroizing<Vec<u8>>> {
    let text = std::str::from_utf8(text).ok()?;
    let mut bytes = Zeroizing::new(Vec::with_capacity(2 * text.len()));
    bytes.extend(text.encode_utf16().flat_map(order));
    Some(bytes)
}

/// Pieces one after the other, into bytes that are wiped.
pub(in crate::scheme) fn join(pieces: &[&[u8]]) -> Zeroizing<Vec<u8>> {
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
