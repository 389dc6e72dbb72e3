//! The spellings of a password that a login tries.

use zeroize::Zeroizing;

use crate::scheme::value::{Context, VerifyError};
use crate::secret::Password;
use crate::text;

/// How many spellings a login tries: the password as it was sent, and in the configured charset
/// where that gives other bytes; each once more where a column beside the value is padded.
///
/// It depends on the password and the configuration alone, so that the time of a login says nothing
/// of the stored value.
pub fn spellings(password: &Password, context: &Context<'_>) -> usize {
    let tries = Tries::of(password, context);
    (1 + usize::from(tries.legacy.is_some())) * (1 + usize::from(tries.otherwise.is_some()))
}

/// The password as the bytes that may have been hashed: as it was sent, then in the legacy charset.
/// And what stands beside the value: as it was read, then as its column pads it.
///
/// How many there are depends on the password and the configuration, never on the stored value. A
/// password that is right in the first context is tried in no other.
pub(in crate::scheme) struct Tries<'a> {
    sent: Zeroizing<Vec<u8>>,
    legacy: Option<Zeroizing<Vec<u8>>>,
    context: Context<'a>,
    otherwise: Option<Context<'a>>,
}

impl<'a> Tries<'a> {
    pub(in crate::scheme) fn of(password: &Password, context: &Context<'a>) -> Self {
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
            context: *context,
            otherwise: context.padded_otherwise(),
        }
    }

    pub(in crate::scheme) fn any(
        &self,
        mut opens: impl FnMut(&[u8], &Context<'a>) -> Result<bool, VerifyError>,
    ) -> Result<bool, VerifyError> {
        let right = self.any_in(&self.context, &mut opens)?;
        match &self.otherwise {
            Some(other) if !right => {
                let right = self.any_in(other, &mut opens)?;
                // Who typed blanks that the salt may have had opens by them what is not his.
                Ok(right && !self.context.differs_by_blanks_of(other, &self.sent))
            }
            _ => Ok(right),
        }
    }

    fn any_in(
        &self,
        context: &Context<'a>,
        opens: &mut impl FnMut(&[u8], &Context<'a>) -> Result<bool, VerifyError>,
    ) -> Result<bool, VerifyError> {
        let sent = opens(&self.sent, context)?;
        match &self.legacy {
            Some(legacy) => Ok(opens(legacy, context)? | sent),
            None => Ok(sent),
        }
    }
}
