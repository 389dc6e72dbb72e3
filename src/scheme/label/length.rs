//! How long the values of a run become.

use crate::scheme::value::{Dialect, InnerId, Outer};

/// The characters of the longest value whose label has at most so many ([`label_len`]). A label of
/// 0 is a native string.
pub fn longest(outer: &Outer, dialect: Dialect, longest_label: usize) -> usize {
    let digest = &[0; 32][..outer.digest_len()];
    let native = dialect.spell(outer, &[0; 16], digest, None).len();
    match longest_label.checked_sub(Dialect::Phc.joint(outer).len()) {
        None => native,
        Some(without_joint) => native + dialect.joint(outer).len() + without_joint,
    }
}

/// The characters that a label adds to a native string under [`Dialect::Phc`]: the id, and a
/// setting of so many bytes behind the hash.
pub fn label_len(inner: &InnerId, setting_bytes: usize) -> usize {
    let setting = match setting_bytes {
        0 => 0,
        bytes => "$is=".len() + (bytes.saturating_mul(8)).div_ceil(6),
    };
    "--".len() + inner.as_str().len() + setting
}
