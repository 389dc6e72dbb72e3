//! bcrypt's own strings, taken apart and made.

use base64::Engine;
use zeroize::Zeroizing;

use super::base::{Family, MadeText};
use crate::scheme::format::BcryptForm;
use crate::scheme::kdf;
use crate::scheme::kdf::BCRYPT_BASE64;
use crate::scheme::value::{BCRYPT_BYTES_MAX, Context, Scheme, Strength, Taken, VerifyError};

pub(in crate::scheme) static BCRYPT: Bcrypt = Bcrypt;

/// `$2b$12$` + 22 digits of salt + 31 of hash; also `2a`, `2x`, `2y`.
///
/// `2x` has crypt_blowfish's bug of before 2011 with 8-bit characters. `2a` is taken for the right
/// function, as OpenBSD, py-bcrypt, Go and Java have it.
///
/// libxcrypt and PHP change the hash under `2a` for a few passwords with bytes above 0x7f
/// (`BF_set_key` of `lib/crypt-bcrypt.c`). They are those of which the bug would have dropped
/// characters. Such a password doesn't open what those two made.
pub(in crate::scheme) struct Bcrypt;

impl Family for Bcrypt {
    fn take(&self, _scheme: Scheme, value: &[u8]) -> Option<Taken> {
        let value = std::str::from_utf8(value).ok()?;
        let (prefix, form) = read(value)?;
        let salt = BCRYPT_BASE64.decode(form.salt).ok()?;
        let hash = Zeroizing::new(BCRYPT_BASE64.decode(form.hash).ok()?);
        // Twenty-two digits hold four bits more than a salt, and some makers don't clear them.
        let mut setting = format!("${prefix}${:02}$", form.cost);
        bcrypt::BASE_64.encode_string(salt, &mut setting);
        let mut text = Zeroizing::new(setting.clone());
        bcrypt::BASE_64.encode_string(&*hash, &mut text);
        Some(Taken {
            strength: Strength::Bcrypt { cost: form.cost },
            setting: setting.into_bytes(),
            text,
        })
    }

    fn make(&self, _: Scheme, setting: &[u8], password: &[u8], _: &Context<'_>) -> MadeText {
        let setting = std::str::from_utf8(setting).map_err(|_| VerifyError::Parameters)?;
        // The form is read with a hash of any kind in its place.
        let whole = format!("{setting}{}", ".".repeat(31));
        let (prefix, form) = read(&whole).ok_or(VerifyError::Parameters)?;
        let hash = if prefix == "2x" {
            kdf::bcrypt_2x_of(&form, password)?
        } else {
            kdf::bcrypt_of(&form, password)?
        };
        let mut text = Zeroizing::new(setting.to_owned());
        bcrypt::BASE_64.encode_string(hash.as_slice(), &mut text);
        Ok(Some(text))
    }

    /// Of 72 bytes the last may be any text's 72nd: what comes behind is not read. With 71 the NUL
    /// behind the text is read as well. Under `2x` characters of 8 bits wipe out others.
    fn tells_all(&self, _: Scheme, setting: &[u8], password: &[u8], _: &Context<'_>) -> bool {
        let reads_each = password.is_ascii() || !setting.starts_with(b"$2x$");
        password.len() <= BCRYPT_BYTES_MAX && !password.contains(&0) && reads_each
    }
}

fn read(value: &str) -> Option<(&str, BcryptForm<'_>)> {
    let (prefix, rest) = value.strip_prefix('$')?.split_once('$')?;
    if !matches!(prefix, "2a" | "2b" | "2x" | "2y") {
        return None;
    }
    Some((prefix, BcryptForm::read(rest.as_bytes())?))
}
