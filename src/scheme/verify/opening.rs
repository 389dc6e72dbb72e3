//! How a password opened a value: what a login must know before it hashes the password in the
//! value's place.

use zeroize::Zeroizing;

use super::recompute::make;
use super::tries::OpenedBy;
use crate::scheme::value::{Context, InnerId, Scheme, VerifyError};

/// How a password opened a value.
#[derive(Clone)]
pub struct Opening {
    pub(super) reading: ReadExtent,
    /// The scheme that read the password, and the setting; of a wrapped value those inside. None
    /// where no scheme did.
    pub(super) inner: Option<(Scheme, Vec<u8>)>,
    /// Whether what stands beside the value was padded otherwise than it was read.
    pub(super) is_padded_otherwise: bool,
    /// The bytes that opened it.
    pub(super) password: Zeroizing<Vec<u8>>,
}

/// Blind, because it holds a password.
impl std::fmt::Debug for Opening {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Opening({:?}, ..)", self.reading)
    }
}

/// How much of the password the value tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadExtent {
    /// All of it: no other text opens the value.
    Whole,
    /// Other texts open it too, and nobody can say which of them is its user's.
    Partial,
    /// It is an answer in its normal form, which other spellings open.
    Answer,
}

/// The text of an old value, as a wrap takes it.
pub struct InnerText {
    /// The id of its scheme.
    pub inner: InnerId,
    /// What the old value carried besides its digest; none where that is nothing.
    pub is: Option<Vec<u8>>,
    /// The text.
    pub text: Zeroizing<String>,
}

/// Blind: it is a hash and its salt.
impl std::fmt::Debug for InnerText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "InnerText({:?}, ..)", self.inner)
    }
}

impl Opening {
    /// The opening of a scheme's value, or of a wrapped one, by one spelling of a password.
    pub(super) fn of(
        scheme: Scheme,
        setting: &[u8],
        by: &OpenedBy<'_>,
        context: &Context<'_>,
    ) -> Self {
        let tells = |scheme: Scheme, setting: &[u8]| {
            let family = scheme.family();
            family.tells_all(scheme, setting, by.bytes, context)
        };
        let twin = scheme.family().twin(scheme, setting);
        let is_whole = by.is_one_text
            && tells(scheme, setting)
            && twin.is_none_or(|(twin, setting)| tells(twin, &setting));
        Self {
            reading: if is_whole {
                ReadExtent::Whole
            } else {
                ReadExtent::Partial
            },
            inner: Some((scheme, setting.to_vec())),
            is_padded_otherwise: by.is_padded_otherwise,
            password: Zeroizing::new(by.bytes.to_vec()),
        }
    }

    /// How much of the password the value tells.
    pub fn reading(&self) -> ReadExtent {
        self.reading
    }

    /// The text that the old scheme makes of the password: what is wrapped in place of a password
    /// that the old scheme did not read whole. It opens exactly what the old value opened.
    ///
    /// None where the scheme has no label, or a twin. It costs one hash of the old scheme.
    ///
    /// # Errors
    /// Those of making it, which opening the value would have given too.
    pub fn inner_text(&self, context: &Context<'_>) -> Result<Option<InnerText>, VerifyError> {
        let Some((scheme, setting)) = &self.inner else {
            return Ok(None);
        };
        let Some(inner) = scheme.inner_id() else {
            return Ok(None);
        };
        // Which of two twins has opened the value is not known, and the text is that of one.
        if scheme.family().twin(*scheme, setting).is_some() {
            return Ok(None);
        }
        let otherwise = context
            .padded_otherwise()
            .filter(|_| self.is_padded_otherwise);
        let context = otherwise.as_ref().unwrap_or(context);
        let made = make(*scheme, setting, &self.password, context)?;
        Ok(made.map(|text| InnerText {
            inner,
            is: (!setting.is_empty()).then(|| setting.clone()),
            text,
        }))
    }
}
