//! What stands for a user's password, salt and name where only the work counts.

use crate::scheme::value::Context;
use crate::secret::InnerSalt;

/// A password of which no scheme says that it can't be one: ASCII, and hex and base64 too.
pub(super) const STAND_IN: &[u8] = b"aaaaaaaaaaaaaaaa";

/// Calls with a context that lacks nothing of what stands beside a value.
///
/// It is hardly ever so long that the work depends on it.
pub(super) fn with_stand_ins<T>(context: &Context<'_>, call: impl FnOnce(&Context<'_>) -> T) -> T {
    let salt = InnerSalt::new(STAND_IN);
    let name = std::str::from_utf8(STAND_IN).unwrap_or_default();
    call(&Context {
        salt: context.salt.or(Some(&salt)),
        salt2: context.salt2.or(Some(&salt)),
        username: context.username.or(Some(name)),
        user_id: context.user_id.or(Some(name)),
        charset: None,
        otherwise: None,
        ..*context
    })
}
