//! Argon2's own strings, taken apart and made.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use zeroize::Zeroizing;

use super::base::{Family, MadeText};
use crate::scheme::format::Argon2Form;
use crate::scheme::kdf;
use crate::scheme::value::{Context, Scheme, Taken, VerifyError};

pub(in crate::scheme) static ARGON2: Argon2 = Argon2;

/// `$argon2id$v=19$m=…,t=…,p=…$salt$hash`, and the same without a version, which is version 16.
pub(in crate::scheme) struct Argon2;

impl Family for Argon2 {
    fn take(&self, _scheme: Scheme, value: &[u8]) -> Option<Taken> {
        let value = std::str::from_utf8(value).ok()?;
        let form = read(value)?;
        let hash = STANDARD_NO_PAD.decode(form.hash).ok()?;
        let (setting, _) = value.rsplit_once('$')?;
        Some(Taken {
            strength: form.strength(),
            // The length of the hash goes into the hash.
            setting: format!("{setting}${}", hash.len()).into_bytes(),
            text: Zeroizing::new(value.to_owned()),
        })
    }

    fn make(&self, _: Scheme, setting: &[u8], password: &[u8], _: &Context<'_>) -> MadeText {
        let setting = std::str::from_utf8(setting).map_err(|_| VerifyError::Parameters)?;
        let (front, len) = setting.rsplit_once('$').ok_or(VerifyError::Parameters)?;
        let len = match len.parse() {
            Ok(len @ 4..=192) => len,
            _ => return Err(VerifyError::Parameters),
        };
        // The form is read with a hash of any kind in its place.
        let whole = format!("{front}$AAAAAA");
        let form = read(&whole).ok_or(VerifyError::Parameters)?;
        let hash = kdf::argon2_of(&form, password, len)?;
        let mut text = Zeroizing::new(String::with_capacity(front.len() + 1 + 2 * len));
        text.push_str(front);
        text.push('$');
        STANDARD_NO_PAD.encode_string(hash.as_slice(), &mut text);
        Ok(Some(text))
    }

    fn tells_all(&self, _: Scheme, _: &[u8], _: &[u8], _: &Context<'_>) -> bool {
        true
    }
}

fn read(value: &str) -> Option<Argon2Form<'_>> {
    let (id, rest) = value.strip_prefix('$')?.split_once('$')?;
    Argon2Form::read(id.as_bytes(), rest.as_bytes())
}
