//! What every family can do: take a value apart, and make its text of a password.
//!
//! A family compares nothing. The caller makes the text and compares it with the stored one.

use zeroize::Zeroizing;

use crate::scheme::value::{Context, Needs, Scheme, Strength, Taken, VerifyError};

/// The text that a scheme makes of a password; none where no value of the scheme has a password of
/// these bytes.
pub(in crate::scheme) type MadeText = Result<Option<Zeroizing<String>>, VerifyError>;

/// Schemes that are taken apart and made alike.
///
/// Everything here is total: any bytes may come in, also a `setting` that was read from a damaged
/// or hostile value.
pub(in crate::scheme) trait Family: Sync {
    /// How strong a trimmed value without a prefix is, if it has the scheme's form.
    ///
    /// It allocates nothing, because a scan calls it for every row.
    fn read(&self, _scheme: Scheme, _value: &[u8]) -> Option<Strength> {
        None
    }

    /// Takes a trimmed value apart, with a prefix or without.
    ///
    /// None where it is not of the scheme's form.
    fn take(&self, scheme: Scheme, value: &[u8]) -> Option<Taken>;

    /// What the scheme makes of a password with that setting. For the right password it equals the
    /// text of the value that the setting was taken from.
    ///
    /// It refuses parameters that cost more than a login may.
    fn make(
        &self,
        scheme: Scheme,
        setting: &[u8],
        password: &[u8],
        context: &Context<'_>,
    ) -> MadeText;

    /// Whether the value tells the whole of a password that opens it: no other text opens it. Then
    /// a login may hash that password in the value's place.
    ///
    /// A text is what a login form can send: UTF-8 without a NUL. In doubt the answer is no,
    /// because then the value stays what it is. `setting` is that of the value.
    ///
    /// The default is for what takes the password as the key of an HMAC, which can't tell it from
    /// one with a NUL behind it: PBKDF2 and scrypt among them.
    fn tells_all(
        &self,
        _scheme: Scheme,
        _setting: &[u8],
        password: &[u8],
        _context: &Context<'_>,
    ) -> bool {
        !password.contains(&0)
    }

    /// Whether the value keeps the spaces around it: behind the prefix stands the password.
    fn keeps_spaces(&self) -> bool {
        false
    }

    /// Whether other schemes' strings look the same. Then the scheme of a value was guessed.
    fn has_twins(&self) -> bool {
        false
    }

    /// Whether the other scheme's strings look the same.
    fn is_twin_of(&self, _other: Scheme) -> bool {
        false
    }

    /// Whether the scheme's strings look like those of this scheme, and only a declaration tells.
    fn hides_behind(&self, _prefixed: Scheme) -> bool {
        false
    }

    /// Whether a value gives the password away.
    fn reveals(&self) -> bool {
        false
    }

    /// The twin of a value with that setting, and the twin's setting. A login tries both.
    fn twin(&self, _scheme: Scheme, _setting: &[u8]) -> Option<(Scheme, Vec<u8>)> {
        None
    }

    /// Whether it can make anything at all.
    fn verifies(&self) -> bool {
        true
    }

    /// The password itself, where a trimmed value gives it away: in the clear, or only mixed up.
    fn reveal(&self, _scheme: Scheme, _value: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        None
    }

    /// What it needs from other columns.
    fn needs(&self, _scheme: Scheme) -> Needs {
        Needs::default()
    }
}

pub(in crate::scheme) static NONE: RecognisedOnly = RecognisedOnly;

/// What is recognised and can't be verified.
pub(in crate::scheme) struct RecognisedOnly;

impl Family for RecognisedOnly {
    fn verifies(&self) -> bool {
        false
    }

    fn take(&self, _scheme: Scheme, _value: &[u8]) -> Option<Taken> {
        None
    }

    fn make(&self, scheme: Scheme, _: &[u8], _: &[u8], _: &Context<'_>) -> MadeText {
        Err(VerifyError::Unsupported { scheme })
    }
}
