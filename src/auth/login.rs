//! The login itself: check the password, and make the replacement.

use super::column::Column;
use super::error::AuthError;
use super::outcome::Outcome;
use crate::scheme::{Context, verify};
use crate::secret::{Password, StoredHash};

impl Column {
    /// Checks a password and, if it is right and the stored value weaker than the target or wrapped, makes the replacement.
    ///
    /// An upgrade that fails doesn't fail the login: the outcome is then a plain match. A login that fails, also with an error, has cost one
    /// hash at the target at least, whatever stands in the row. One that is dearer than the target shows until it is upgraded, unless
    /// `dearest` is set: then every login that fails costs one hash at the target and one at the dearest.
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
