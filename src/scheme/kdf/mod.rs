//! The slow hashes, one at a time: what a login costs.
//!
//! Nothing here knows a scheme's row. Hashes in bulk are `kernel`'s.

mod argon2;
mod bcrypt;
mod crypt_rounds;
mod derive;
mod limits;
mod meter;
mod pbkdf2;
mod scrypt;
mod work;

pub(in crate::scheme) use argon2::{Argon2Cost, argon2_of};
pub(in crate::scheme) use bcrypt::{BCRYPT_BASE64, bcrypt_2x_of, bcrypt_bytes, bcrypt_of};
pub(in crate::scheme) use crypt_rounds::{
    spend_des, spend_rounds, spend_sha_crypt, spend_yescrypt,
};
pub use derive::{derive, outer_hashes, outer_work};
#[cfg(test)]
pub(crate) use meter::computed_by;
pub use meter::tallied;
pub(crate) use meter::weighed;
pub(in crate::scheme) use meter::{Permit, SlowHash, count, of_scheme, spend, within};
pub(in crate::scheme) use pbkdf2::{Pbkdf2Cost, pbkdf2};
pub(in crate::scheme) use scrypt::scrypt;
