//! What a login gives besides the stored value and the password.

use std::fmt;

use crate::secret::InnerSalt;
use crate::text::Charset;

/// What a legacy scheme may need besides the stored value.
#[derive(Clone, Copy, Default)]
pub struct Context<'a> {
    /// The salt from its own column.
    pub salt: Option<&'a InnerSalt>,
    /// The second salt.
    pub salt2: Option<&'a InnerSalt>,
    /// The user's name.
    pub username: Option<&'a str>,
    /// The user's id.
    pub user_id: Option<&'a str>,
    /// The charset in which old passwords were hashed, tried after UTF-8.
    pub charset: Option<Charset>,
}

/// Blind, because salts and names are nobody's business.
impl fmt::Debug for Context<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Context(..)")
    }
}
