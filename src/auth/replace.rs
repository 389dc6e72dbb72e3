//! The value that replaces a weaker one. Nothing is written here.

use zeroize::Zeroizing;

use super::column::Column;
use super::error::AuthError;
use super::outcome::Replacement;
use crate::policy::Normalize;
use crate::scheme::{InnerId, Outer, Recognised, ValueMaker, outer_input, recognise};
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
