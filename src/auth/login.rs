//! The login itself: checks the password, and makes the replacement.

use super::column::Column;
use super::error::AuthError;
use super::outcome::Outcome;
use crate::scheme::{Context, verify};
use crate::secret::{Password, StoredHash};

impl Column {
    /// Checks a password. If it is right, and the stored value is wrapped or weaker than the
    /// target, makes the replacement.
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
        let verified = verify(stored, password, self.declared, context);
        if verified != Ok(true) {
            let own = verified.ok().and_then(|_| self.cost(stored.as_bytes()));
            self.pay(self.owed(own), password, context);
            return verified.map(|_| Outcome::Mismatch).map_err(AuthError::from);
        }
        if !self.needs_rehash(stored) {
            return Ok(Outcome::Match);
        }
        Ok(self
            .hash(password, salt)
            .map_or(Outcome::Match, Outcome::MatchNeedsRehash))
    }
}
