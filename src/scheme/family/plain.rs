//! Passwords in the clear behind a prefix: Dovecot's `{PLAIN}`, `{CLEAR}` and `{CLEARTEXT}`,
//! Spring's `{noop}`.

use zeroize::Zeroizing;

use super::base::{Family, MadeText};
use crate::scheme::expression::hex;
use crate::scheme::format;
use crate::scheme::value::{Context, Scheme, Strength, Taken};
use crate::text;

/// A name in braces, and behind it every byte is the password's. The text is the password's bytes
/// in hex, because a password may be no text.
pub(in crate::scheme) struct Plain {
    /// Whether a name is the scheme's.
    is_name: fn(&[u8]) -> bool,
}

pub(in crate::scheme) static SPRING_NOOP: Plain = Plain {
    is_name: |name| name == b"noop",
};

pub(in crate::scheme) static DOVECOT_PLAIN: Plain = Plain {
    is_name: |name| {
        [&b"PLAIN"[..], b"CLEAR", b"CLEARTEXT", b"PLAINTEXT"]
            .iter()
            .any(|known| name.eq_ignore_ascii_case(known))
    },
};

impl Family for Plain {
    fn take(&self, _: Scheme, value: &[u8]) -> Option<Taken> {
        Some(Taken {
            strength: Strength::Fast,
            setting: Vec::new(),
            text: hex(&self.password(value)?),
        })
    }

    fn make(&self, _: Scheme, _: &[u8], password: &[u8], _: &Context<'_>) -> MadeText {
        Ok(Some(hex(password)))
    }

    fn tells_all(&self, _: Scheme, _: &[u8], _: &[u8], _: &Context<'_>) -> bool {
        true
    }

    fn keeps_spaces(&self) -> bool {
        true
    }

    fn reveals(&self) -> bool {
        true
    }

    fn reveal(&self, _: Scheme, value: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        self.password(value)
    }
}

impl Plain {
    /// What stands behind the name. The value comes untrimmed: a space there is the password's,
    /// except behind a text in base64 or hex (`{PLAIN.B64}`).
    fn password(&self, value: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let plain = format::undotted(text::trim(value));
        let value = plain.as_deref().map_or(value, Vec::as_slice);
        let value = value.trim_ascii_start().strip_prefix(b"{")?;
        let end = value.iter().position(|byte| *byte == b'}')?;
        let (name, password) = (value.get(..end)?, value.get(end + 1..)?);
        (self.is_name)(name).then(|| Zeroizing::new(password.to_vec()))
    }
}
