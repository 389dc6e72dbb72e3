//! The login itself: checks the password, and makes the replacement.

use super::column::Column;
use super::error::AuthError;
use super::outcome::Outcome;
use crate::scheme::{Context, open};
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
    /// is upgraded. It doesn't where [`Column::dearest`] is set: then every failed login costs one
    /// hash at the target and one at the dearest.
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
        let opening = match open(stored, password, self.declared, context) {
            Ok(Some(opening)) => opening,
            failed => {
                let was_made = failed.is_ok();
                let own = was_made.then(|| self.cost(stored.as_bytes())).flatten();
                self.pay(self.owed(own), password, context);
                return failed.map(|_| Outcome::Mismatch).map_err(AuthError::from);
            }
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
