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

/// The spelling that opened a value.
#[derive(Clone, Copy)]
pub(in crate::scheme) struct OpenedBy<'t> {
    /// Its bytes.
    pub(in crate::scheme) bytes: &'t [u8],
    /// Whether no other text is spelt so. The bytes of a text in the legacy charset may be those of
    /// another one in UTF-8, as `Ã©` in Latin-1 has the bytes of `é`. And a charset may spell two
    /// texts alike, as Shift_JIS does U+2212 and U+FF0D.
    pub(in crate::scheme) is_one_text: bool,
    /// Whether what stands beside the value had to be padded otherwise than it was read.
    pub(in crate::scheme) is_padded_otherwise: bool,
}

impl<'a> Tries<'a> {
    pub(in crate::scheme) fn of(password: &Password, context: &Context<'a>) -> Self {
        let sent = password.as_bytes();
        let legacy = context
            .charset
            .and_then(|charset| text::in_charset(password, charset))
            .map(|password| Zeroizing::new(password.as_bytes().to_vec()));
        Self {
            sent: Zeroizing::new(sent.to_vec()),
            legacy,
            context: *context,
            otherwise: context.padded_otherwise(),
        }
    }

    /// The spelling that opens. Every one is tried, whichever opens.
    pub(in crate::scheme) fn opened_by(
        &self,
        mut opens: impl FnMut(&[u8], &Context<'a>) -> Result<bool, VerifyError>,
    ) -> Result<Option<OpenedBy<'_>>, VerifyError> {
        let opened = self.opened_in(&self.context, &mut opens)?;
        let Some(other) = &self.otherwise else {
            return Ok(opened);
        };
        let differs_by_blanks = self.context.differs_by_blanks_of(other, &self.sent);
        match opened {
            // The blanks that were typed may be those of the salt.
            Some(by) => Ok(Some(OpenedBy {
                is_one_text: by.is_one_text && !differs_by_blanks,
                ..by
            })),
            None => {
                let opened = self.opened_in(other, &mut opens)?;
                // Who typed blanks that the salt may have had opens by them what is not his.
                Ok(opened.filter(|_| !differs_by_blanks).map(|by| OpenedBy {
                    is_padded_otherwise: true,
                    ..by
                }))
            }
        }
    }

    fn opened_in(
        &self,
        context: &Context<'a>,
        opens: &mut impl FnMut(&[u8], &Context<'a>) -> Result<bool, VerifyError>,
    ) -> Result<Option<OpenedBy<'_>>, VerifyError> {
        let sent = opens(&self.sent, context)?;
        let legacy = match &self.legacy {
            Some(legacy) => opens(legacy, context)?.then_some(legacy),
            None => None,
        };
        let by_legacy = legacy.map(|bytes| OpenedBy {
            bytes,
            is_one_text: std::str::from_utf8(bytes).is_err() && self.is_read_back(bytes),
            is_padded_otherwise: false,
        });
        let by_sent = sent.then_some(OpenedBy {
            bytes: &self.sent,
            is_one_text: true,
            is_padded_otherwise: false,
        });
        Ok(by_sent.or(by_legacy))
    }

    /// Whether the bytes in the legacy charset are read as the password that was sent.
    fn is_read_back(&self, bytes: &[u8]) -> bool {
        let Some(charset) = self.context.charset else {
            return false;
        };
        text::decode(bytes, charset).is_ok_and(|text| {
            let text = Zeroizing::new(text.into_owned());
            text.as_bytes() == self.sent.as_slice()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Charset;

    /// Whether the password opens its own bytes in that charset, and tells that no other text does.
    fn is_one_text(password: &str, charset: &str) -> bool {
        let charset = Charset::by_name(charset).expect("a charset");
        let bytes = text::encode(password, charset).expect("the charset has it");
        let context = Context {
            charset: Some(charset),
            ..Context::default()
        };
        let tries = Tries::of(&Password::new(password), &context);
        let opened = tries.opened_by(|tried, _| Ok(tried == bytes.as_ref()));
        let opened = opened.expect("no error").expect("it opens");
        opened.is_one_text
    }

    #[test]
    fn a_text_that_the_charset_spells_as_another_opens_and_defines_nothing() {
        for charset in ["shift_jis", "euc-jp"] {
            assert!(is_one_text("pass\u{ff0d}word", charset), "{charset}");
            assert!(!is_one_text("pass\u{2212}word", charset), "{charset}");
            assert!(is_one_text("パスワード", charset), "{charset}");
        }
        assert!(is_one_text("café", "latin1"));
        assert!(!is_one_text("cafÃ©", "latin1"), "it has the bytes of café");
    }
}
