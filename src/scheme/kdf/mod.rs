//! The slow hashes, one at a time: what a login costs.
//!
//! Nothing here knows a scheme's row. Hashes in bulk are `kernel`'s.

mod argon2;
mod bcrypt;
mod derive;
mod limits;
mod pbkdf2;
mod scrypt;

pub(in crate::scheme) use argon2::{Argon2Cost, argon2_of};
pub(in crate::scheme) use bcrypt::{BCRYPT_BASE64, bcrypt_2x_of, bcrypt_of};
pub use derive::derive;
pub(in crate::scheme) use limits::{CRYPT_ROUNDS_MAX, at_most, check_scrypt};
pub(in crate::scheme) use pbkdf2::{Pbkdf2Cost, pbkdf2};
pub(in crate::scheme) use scrypt::scrypt;
