//! Passwords in the clear behind a mark: Dovecot's `{PLAIN}`, `{CLEAR}` and `{CLEARTEXT}`, Spring's `{noop}`.

use zeroize::Zeroizing;

use super::base::{Family, Made};
use crate::scheme::expression::hex;
use crate::scheme::value::{Context, Scheme, Strength, Taken};

pub(in crate::scheme) static PLAIN: Plain = Plain;

/// The mark, and behind it every byte is the password's. The text is the password's bytes in hex, as a password may be no text.
pub(in crate::scheme) struct Plain;

impl Family for Plain {
    fn take(&self, scheme: Scheme, value: &[u8]) -> Option<Taken> {
        Some(Taken {
            strength: Strength::Fast,
            setting: Vec::new(),
            text: hex(password(scheme, value)?),
        })
    }

    fn make(&self, _: Scheme, _: &[u8], password: &[u8], _: &Context<'_>) -> Made {
        Ok(Some(hex(password)))
    }

    fn reveal(&self, scheme: Scheme, value: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        password(scheme, value).map(|password| Zeroizing::new(password.to_vec()))
    }
}

/// What stands behind the mark. The value comes untrimmed: a space behind the name belongs to the password.
fn password(scheme: Scheme, value: &[u8]) -> Option<&[u8]> {
    let value = value.trim_ascii_start().strip_prefix(b"{")?;
    let end = value.iter().position(|byte| *byte == b'}')?;
    let (name, password) = (value.get(..end)?, value.get(end + 1..)?);
    let good = match scheme {
        Scheme::SPRING_NOOP => name == b"noop",
        _ => [&b"PLAIN"[..], b"CLEAR", b"CLEARTEXT"]
            .iter()
            .any(|known| name.eq_ignore_ascii_case(known)),
    };
    good.then_some(password)
}
