//! A stored value taken apart: what a login, a wrap and a proof each need of it.
//!
//! How it is taken apart stands in `family`.

use std::fmt;

use zeroize::Zeroizing;

use super::strength::Strength;

/// A stored value of a known scheme, taken apart.
///
/// The scheme makes [`Taken::text`] of the right password and [`Taken::setting`], byte for byte. So
/// a value is verified, and so a wrap of the text can be opened again.
#[derive(Clone)]
pub struct Taken {
    /// How strong the value is.
    pub strength: Strength,
    /// All that the scheme needs besides the password and what stands in other columns; empty where
    /// there is nothing.
    pub setting: Vec<u8>,
    /// The canonical text: of a digest its lowercase hex, of a crypt(3)-like value the whole
    /// string.
    pub text: Zeroizing<String>,
}

/// Blind: it is a hash and its salt.
impl fmt::Debug for Taken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Taken({:?}, ..)", self.strength)
    }
}
