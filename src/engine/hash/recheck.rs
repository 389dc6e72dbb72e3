//! Checks what a canary wrote: recomputed with the plain implementations from the text that was
//! hashed.

use crate::engine::judge::work::Work;
use crate::kernel::{Implementation, SingleHashes};
use crate::scheme::{Context, Declared, unlabel, verify};
use crate::secret::{InnerSalt, Password, StoredHash};

/// Whether a new value is the hash of the text, under the label that it should have. Its native
/// string must verify with the text as the password. The id, and what stands behind the hash, must
/// be those of the work.
pub(crate) fn is_hash_of(new: &[u8], work: &Work) -> bool {
    let Ok(text) = std::str::from_utf8(new) else {
        return false;
    };
    let unlabelled = unlabel(text);
    let inner = unlabelled.as_ref().map(|u| u.inner);
    let setting = unlabelled.as_ref().and_then(|u| u.is.as_deref());
    if inner != work.inner || setting != work.setting.as_ref().map(InnerSalt::as_bytes) {
        return false;
    }
    let native = unlabelled.map_or_else(|| text.to_owned(), |u| u.native);
    let password = Password::new(work.text.to_vec());
    // Our own kernels made the value: they are not asked whether it is right.
    let by_the_crates = SingleHashes {
        implementation: Some(Implementation::Crates),
        ..SingleHashes::default()
    };
    let _by_the_crates = by_the_crates.on_this_thread();
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
