//! The login itself: checks the password, and makes the replacement.

use super::column::Column;
use super::error::AuthError;
use super::outcome::Outcome;
use crate::scheme::{Context, open, pay, tallied};
use crate::secret::{Password, StoredHash};

impl Column {
    /// Checks a password. If it is right, and the stored value is wrapped or weaker than the
    /// target, makes the replacement.
    ///
    /// A login never redefines a password. Where the old scheme did not read all that was typed
    /// (bcrypt reads 72 bytes, LAN Manager no case), another text may be the user's own. So what
    /// was typed is not hashed in the value's place. A weak value is wrapped then: the replacement
    /// has a label and opens exactly what the old value opened. A password hash is left as it is.
    ///
    /// An upgrade that fails doesn't fail the login: the outcome is then a plain match.
    ///
    /// A failed login, also one with an error, has cost at least one hash at the target, whatever
    /// stands in the row. A stored hash that is dearer than the target shows by its time until it
    /// is upgraded. It doesn't where [`Context::pad`] is set: then every login, right or wrong,
    /// makes the same hashes.
    ///
    /// # Errors
    /// Where the stored value can't be checked.
    pub fn verify_and_upgrade(
        &self,
        stored: &StoredHash,
        password: &Password,
        context: &Context<'_>,
        salt: &[u8; 16],
    ) -> Result<Outcome, AuthError> {
        let (outcome, made) = tallied(|| self.check(stored, password, context, salt));
        let is_right = matches!(outcome, Ok(Outcome::Match | Outcome::MatchNeedsRehash(_)));
        if !is_right || context.pad.is_some() {
            pay(&self.owed(&made, password, context), password, context);
        }
        outcome
    }

    /// The same without what is owed.
    fn check(
        &self,
        stored: &StoredHash,
        password: &Password,
        context: &Context<'_>,
        salt: &[u8; 16],
    ) -> Result<Outcome, AuthError> {
        let Some(opening) = open(stored, password, self.declared, context)? else {
            return Ok(Outcome::Mismatch);
        };
        if !self.needs_rehash(stored) {
            return Ok(Outcome::Match);
        }
        let replacement = if self.may_hash(&opening) {
            self.hash(password, salt).ok()
        } else if self.needs_wrap(stored) {
            self.wrap(&opening, context, salt)
        } else {
            None
        };
        Ok(replacement.map_or(Outcome::Match, Outcome::MatchNeedsRehash))
    }
}
