//! The text that a scheme makes of a password, and its comparison with the stored one.

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::scheme::value::{Context, Scheme, Taken, VerifyError};

/// The canonical text that a scheme makes of a password with the setting of a stored value
/// ([`crate::scheme::Taken`]).
///
/// None where no value of the scheme has a password of these bytes.
pub fn make(
    scheme: Scheme,
    setting: &[u8],
    password: &[u8],
    context: &Context<'_>,
) -> Result<Option<Zeroizing<String>>, VerifyError> {
    scheme.family().make(scheme, setting, password, context)
}

/// Makes the text of the value from the password, and compares.
pub(in crate::scheme) fn opens(
    scheme: Scheme,
    value: &[u8],
    password: &[u8],
    context: &Context<'_>,
) -> Result<bool, VerifyError> {
    opens_taken(scheme, &taken(scheme, value)?, password, context)
}

/// The value taken apart.
pub(in crate::scheme) fn taken(scheme: Scheme, value: &[u8]) -> Result<Taken, VerifyError> {
    // A string that carries the scheme's prefix and can't be taken apart is of a kind that is only
    // recognised.
    let taken = scheme.family().take(scheme, value);
    taken.ok_or(if scheme.has_prefix() {
        VerifyError::Unsupported { scheme }
    } else {
        VerifyError::Unrecognised
    })
}

/// Whether the bytes open a value of that scheme that was taken apart ([`crate::scheme::take`]):
/// for whoever tries many passwords on one value.
pub fn opens_taken(
    scheme: Scheme,
    taken: &Taken,
    password: &[u8],
    context: &Context<'_>,
) -> Result<bool, VerifyError> {
    let is_right = |made: Option<Zeroizing<String>>| {
        made.is_some_and(|made| made.as_bytes().ct_eq(taken.text.as_bytes()).into())
    };
    let right = is_right(make(scheme, &taken.setting, password, context)?);
    match scheme.family().twin(scheme, &taken.setting) {
        Some((twin, setting)) => Ok(is_right(make(twin, &setting, password, context)?) | right),
        None => Ok(right),
    }
}
