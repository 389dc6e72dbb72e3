//! Passwords in the clear behind Dovecot's `{PLAIN}`, `{CLEAR}` and `{CLEARTEXT}`.

use zeroize::Zeroizing;

use super::{Family, Made};
use crate::scheme::{Context, Scheme, Strength, Taken};

/// The text is the password: what is wrapped is what a rehash would hash.
pub(in crate::scheme) struct Plain;

impl Family for Plain {
    /// The value comes untrimmed: a space behind the name belongs to the password.
    fn take(&self, _: Scheme, value: &[u8]) -> Option<Taken> {
        let value = std::str::from_utf8(value).ok()?.trim_ascii_start();
        let (name, password) = value.strip_prefix('{')?.split_once('}')?;
        let good = ["PLAIN", "CLEAR", "CLEARTEXT"]
            .iter()
            .any(|known| name.eq_ignore_ascii_case(known));
        good.then(|| Taken {
            strength: Strength::Fast,
            setting: Vec::new(),
            text: Zeroizing::new(password.to_owned()),
        })
    }

    fn make(&self, _: Scheme, _: &[u8], password: &[u8], _: &Context<'_>) -> Made {
        let text = std::str::from_utf8(password).ok();
        Ok(text.map(|text| Zeroizing::new(text.to_owned())))
    }
}
