//! The spellings of a password that a login tries.

use zeroize::Zeroizing;

use crate::scheme::value::{Context, VerifyError};
use crate::secret::Password;
use crate::text;

/// How many spellings of a password a login tries: as it was sent, and in the configured charset
/// where that gives other bytes.
///
/// It depends on the password and the configuration alone, so that the time of a login says nothing
/// of the stored value.
pub fn spellings(password: &Password, context: &Context<'_>) -> usize {
    1 + usize::from(Tries::of(password, context).legacy.is_some())
}

/// The password as the bytes that may have been hashed: as it was sent, then in the legacy charset.
///
/// How many there are depends on the password and the configuration, never on the stored value.
pub(in crate::scheme) struct Tries {
    sent: Zeroizing<Vec<u8>>,
    legacy: Option<Zeroizing<Vec<u8>>>,
}

impl Tries {
    pub(in crate::scheme) fn of(password: &Password, context: &Context<'_>) -> Self {
        let sent = password.as_bytes();
        let legacy = context
            .charset
            .filter(|_| !sent.is_ascii())
            .and_then(|charset| {
                text::encode(std::str::from_utf8(sent).ok()?, charset)
                    .map(|bytes| Zeroizing::new(bytes.into_owned()))
            });
        Self {
            sent: Zeroizing::new(sent.to_vec()),
            legacy,
        }
    }

    pub(in crate::scheme) fn any(
        &self,
        mut opens: impl FnMut(&[u8]) -> Result<bool, VerifyError>,
    ) -> Result<bool, VerifyError> {
        let sent = opens(&self.sent)?;
        match &self.legacy {
            Some(legacy) => Ok(opens(legacy)? | sent),
            None => Ok(sent),
        }
    }
}
