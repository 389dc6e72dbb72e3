//! bcrypt, one hash at a time.

use base64::Engine;
use base64::alphabet;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use zeroize::Zeroizing;

use super::meter::{Permit, SlowHash, spend};
use super::work;
use crate::scheme::format::BcryptForm;
use crate::scheme::value::{HashKind, VerifyError};

/// bcrypt's base64. Twenty-two digits hold four bits more than a salt, and some makers don't clear
/// them.
pub(in crate::scheme) const BCRYPT_BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::BCRYPT,
    GeneralPurposeConfig::new()
        .with_encode_padding(false)
        .with_decode_padding_mode(DecodePaddingMode::RequireNone)
        .with_decode_allow_trailing_bits(true),
);

/// The bcrypt hash of a text by a string's cost and salt. Of a longer text 72 bytes count, as they
/// did when the string was made.
pub(in crate::scheme) fn bcrypt_of(
    form: &BcryptForm<'_>,
    text: &[u8],
) -> Result<Zeroizing<[u8; 23]>, VerifyError> {
    let salt = bcrypt_salt(form)?;
    bcrypt_within(form.cost, salt, text)
}

/// The same under `$2x$`. crypt_blowfish before 1.1 took a character for a signed number. So one of
/// 8 bits wiped out up to three before it.
///
/// The eighteen words that came of it go in.
pub(in crate::scheme) fn bcrypt_2x_of(
    form: &BcryptForm<'_>,
    text: &[u8],
) -> Result<Zeroizing<[u8; 23]>, VerifyError> {
    let salt = bcrypt_salt(form)?;
    let mut words = Zeroizing::new([0_u8; 72]);
    let mut bytes = text.iter().chain([&0]).cycle();
    for word in words.chunks_mut(4) {
        let signed = bytes.by_ref().take(4).fold(0_u32, |word, byte| {
            (word << 8) | i32::from(byte.cast_signed()).cast_unsigned()
        });
        word.copy_from_slice(&signed.to_be_bytes());
    }
    bcrypt_within(form.cost, salt, &words[..])
}

fn bcrypt_salt(form: &BcryptForm<'_>) -> Result<[u8; 16], VerifyError> {
    BCRYPT_BASE64
        .decode(form.salt)
        .map_err(|_| VerifyError::Parameters)?
        .try_into()
        .map_err(|_| VerifyError::Parameters)
}

/// The same within what a login may cost.
fn bcrypt_within(
    cost: u32,
    salt: [u8; 16],
    text: &[u8],
) -> Result<Zeroizing<[u8; 23]>, VerifyError> {
    let what = SlowHash::Common(HashKind::Bcrypt, 1 << cost.min(31));
    Ok(match spend(what, work::bcrypt(cost), 0)? {
        Permit::Compute => bcrypt_bytes(cost, salt, text),
        Permit::Weigh => Zeroizing::new([0; 23]),
    })
}

/// The 23 bytes that bcrypt strings hold of the 24 that the function makes.
pub(in crate::scheme) fn bcrypt_bytes(
    cost: u32,
    salt: [u8; 16],
    text: &[u8],
) -> Zeroizing<[u8; 23]> {
    let mut input = Zeroizing::new([0_u8; 72]);
    let taken = text.len().min(72);
    input[..taken].copy_from_slice(&text[..taken]);
    // The NUL behind a text is part of the input, where there is room for it.
    let made = Zeroizing::new(bcrypt::bcrypt(cost, salt, &input[..(taken + 1).min(72)]));
    let mut out = Zeroizing::new([0; 23]);
    out.copy_from_slice(&made[..23]);
    out
}
