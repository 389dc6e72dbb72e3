//! How each kind of string is spelt, read strictly and in place.
//!
//! Strict, because both mistakes cost. In a column declared plaintext, a password taken for a hash
//! would not be hashed. Elsewhere, a damaged hash must not count as a strong one.

mod cursor;

mod part;

mod pieces;

mod recipe;

mod argon2;

mod bcrypt;

mod yescrypt;

mod des;

mod crypt;

mod dollars;

pub(in crate::scheme) mod applications;

pub(in crate::scheme) mod databases;

pub(in crate::scheme) mod devices;

pub(in crate::scheme) mod mediawiki;

pub(in crate::scheme) mod spring;

pub(in crate::scheme) mod windows;

pub(in crate::scheme) mod marked;

mod prefixes;

mod dollar;

pub(in crate::scheme) mod bcrypt_apart;

mod behind_marks;

mod named;

mod prefixed;

mod fields;

pub(in crate::scheme) mod records;

mod native;

pub(in crate::scheme) use argon2::Argon2Form;
pub(in crate::scheme) use bcrypt::{BcryptForm, is_bcrypt};
pub(in crate::scheme) use crypt::{SCRYPT_7_PARAMETERS, crypt, scheme_of_id};
pub(in crate::scheme) use cursor::{Cursor, crypt64_value};
pub(in crate::scheme) use des::{BIGCRYPT_BLOCKS_MAX, BLOCK_DIGITS, DesForm, des, des_number};
pub(in crate::scheme) use dollars::{caching_sha2, thousands};
pub(in crate::scheme) use native::{native, salted};
pub(in crate::scheme) use pieces::{BASE64, Pieces};
pub(in crate::scheme) use prefixed::undotted;
pub(in crate::scheme) use recipe::{Native, Recipe};
pub(in crate::scheme) use yescrypt::YescryptParams;
