//! Checking what a canary wrote: recomputed with the plain implementations from the text that was hashed.

use super::judge::Work;
use crate::scheme::{Context, Declared, unmark, verify};
use crate::secret::{Password, StoredHash};

/// Whether a new value is the hash of the text: its native string verifies with the text as the password.
pub(crate) fn verifies(new: &[u8], work: &Work) -> bool {
    let Ok(text) = std::str::from_utf8(new) else {
        return false;
    };
    let native = unmark(text).map_or_else(|| text.to_owned(), |u| u.native);
    let password = Password::new(work.text.to_vec());
    matches!(
        verify(
            &StoredHash::new(native),
            &password,
            Declared::Auto,
            &Context::default()
        ),
        Ok(true)
    )
}
