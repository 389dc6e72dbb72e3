//! How each kind of string is spelt, read strictly and in place.
//!
//! Strict, because both mistakes cost. In a column declared plaintext, a password taken for a hash
//! would not be hashed. Elsewhere, a damaged hash must not count as a strong one.

mod applications;
mod argon2;
mod bcrypt;
mod crypt;
mod cursor;
mod des;
mod dollar;
mod dollars;
mod named;
mod native;
mod part;
mod prefixed;
mod salted;
mod yescrypt;

pub(in crate::scheme) use argon2::Argon2Form;
pub(in crate::scheme) use bcrypt::BcryptForm;
pub(in crate::scheme) use crypt::{SCRYPT_7_PARAMETERS, crypt, scheme_of_id};
pub(in crate::scheme) use cursor::{Reader, all, crypt64_value, is_base64, is_crypt64, number};
pub(in crate::scheme) use des::{
    BIGCRYPT_BLOCKS_MAX, BLOCK_DIGITS, des, des_number, des_setting_digits, des_strength,
};
pub(in crate::scheme) use dollars::{caching_sha2, thousands};
pub(in crate::scheme) use native::{native, salted};
pub(in crate::scheme) use salted::{Native, Recipe};
pub(in crate::scheme) use yescrypt::YescryptParams;
