//! The value that replaces a weaker one. Nothing is written here.

use zeroize::Zeroizing;

use super::column::Column;
use super::error::AuthError;
use super::outcome::Replacement;
use crate::policy::Normalize;
use crate::scheme::{
    Context, InnerId, Label, Opening, Outer, ReadExtent, Recognised, Strength, ValueMaker, derive,
    outer_input, recognise,
};
use crate::secret::{Password, StoredHash};
use crate::text::answer1;

impl Column {
    /// The value to store for a new password (or answer) of a user. The salt must be fresh from the
    /// operating system.
    ///
    /// # Errors
    /// Where the target or the answer is refused.
    pub fn hash(&self, password: &Password, salt: &[u8; 16]) -> Result<Replacement, AuthError> {
        let (text, inner) = match self.normalize {
            None => (Zeroizing::new(password.as_bytes().to_vec()), None),
            Some(Normalize::Answer1) => (normal_answer(password)?, Some(InnerId::ANSWER1)),
        };
        let input = outer_input(&self.outer, &text, inner.as_ref())?;
        let maker = ValueMaker::new(self.outer, self.dialect);
        let value = maker.make(&input, salt).map_err(AuthError::Target)?;
        Ok(Replacement(Zeroizing::new(value)))
    }

    /// Whether the password itself may be hashed in the value's place: no other text opens the
    /// value. Every spelling of a normalised answer opens the new value too.
    pub(super) fn may_hash(&self, opening: &Opening) -> bool {
        match opening.reading() {
            ReadExtent::Whole => true,
            ReadExtent::Partial => false,
            ReadExtent::Answer => self.normalize == Some(Normalize::Answer1),
        }
    }

    /// Whether a wrap makes the value better: it is a fast digest, or a wrap weaker than the
    /// target. A password hash of its own is left to the verifiers that know it.
    pub(super) fn needs_wrap(&self, stored: &StoredHash) -> bool {
        match recognise(Some(stored.as_bytes()), self.declared) {
            Recognised::Native { params, .. } => params == Strength::Fast,
            Recognised::Wrapped { params, .. } => params.weaker_than(&self.outer.strength()),
            Recognised::Digest { .. } => true,
            _ => false,
        }
    }

    /// The value that opens exactly what the old one opened: a wrap of the old one's text. None
    /// where that can't be made.
    pub(super) fn wrap(
        &self,
        opening: &Opening,
        context: &Context<'_>,
        random: &[u8; 16],
    ) -> Option<Replacement> {
        let old = opening.inner_text(context).ok()??;
        let input = outer_input(&self.outer, old.text.as_bytes(), Some(&old.inner)).ok()?;
        let maker = ValueMaker::new(self.outer, self.dialect);
        let digest = derive(&self.outer, &maker.salt(random), &input.text).ok()?;
        let label = input.inner.as_ref().map(|inner| Label {
            inner,
            is: old.is.as_deref(),
        })?;
        let value = maker.spell(random, &digest, Some(label));
        Some(Replacement(Zeroizing::new(value)))
    }

    /// Whether a value is to be replaced at the next login. It is where it is weaker than the
    /// target, or has a label that a login can remove.
    pub fn needs_rehash(&self, stored: &StoredHash) -> bool {
        match recognise(Some(stored.as_bytes()), self.declared) {
            Recognised::Native { params, .. } => params.weaker_than(&self.outer.strength()),
            Recognised::Wrapped { inner, params, .. } => {
                params.weaker_than(&self.outer.strength()) || !self.stays_labelled(&inner)
            }
            Recognised::Digest { .. } | Recognised::Plaintext(_) => true,
            _ => false,
        }
    }

    /// Whether a label stays after a login: that of an answer, and that of a password which bcrypt
    /// can't take as it is.
    fn stays_labelled(&self, inner: &InnerId) -> bool {
        match self.normalize {
            Some(Normalize::Answer1) => inner.short().unwrap_or(*inner) == InnerId::ANSWER1,
            None => *inner == InnerId::SHA384_B64 && matches!(self.outer, Outer::Bcrypt { .. }),
        }
    }
}

fn normal_answer(answer: &Password) -> Result<Zeroizing<Vec<u8>>, AuthError> {
    let answer =
        std::str::from_utf8(answer.as_bytes()).map_err(|_| AuthError::AnswerUndecodable)?;
    let normal = answer1(answer);
    if normal.is_empty() {
        return Err(AuthError::AnswerBlank);
    }
    Ok(Zeroizing::new(normal.into_bytes()))
}
