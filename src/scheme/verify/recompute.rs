//! The text that a scheme makes of a password, and its comparison with the stored one.

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::stand_in::STAND_IN;
use crate::scheme::kdf::{of_scheme, within};
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
    let family = scheme.family();
    of_scheme(scheme, setting, || {
        within(context.work_max, || {
            family.make(scheme, setting, password, context)
        })
    })
}

/// Makes what another password costs, where the one that was typed can't be one of the scheme's.
/// The time must not tell such a value from others.
pub(super) fn make_stand_in(
    scheme: Scheme,
    setting: &[u8],
    context: &Context<'_>,
) -> Result<Zeroizing<String>, VerifyError> {
    let made = make(scheme, setting, STAND_IN, context)?;
    Ok(std::hint::black_box(made).unwrap_or_default())
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
    let is_right = |scheme, setting: &[u8]| match make(scheme, setting, password, context)? {
        Some(made) => Ok(made.as_bytes().ct_eq(taken.text.as_bytes()).into()),
        None => make_stand_in(scheme, setting, context).map(|_| false),
    };
    within(context.work_max, || {
        let right: bool = is_right(scheme, &taken.setting)?;
        match scheme.family().twin(scheme, &taken.setting) {
            Some((twin, setting)) => Ok(is_right(twin, &setting)? | right),
            None => Ok(right),
        }
    })
}
