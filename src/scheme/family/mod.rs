//! How the values of each scheme are taken apart, and made of a password: one family for what is
//! made alike.
//!
//! A family knows nothing of columns, rules and charsets, and compares nothing. Who verifies makes
//! the text and compares it with the stored one.

pub(in crate::scheme) mod applications;
mod argon2;
mod base;
mod bcrypt;
mod bcrypt_over;
mod behind;
mod caching_sha2;
mod crypt;
mod cut;
pub(in crate::scheme) mod databases;
pub(in crate::scheme) mod devices;
mod expression;
mod kratos;
pub(in crate::scheme) mod mediawiki;
mod pbkdf2;
mod phpass;
mod plain;
mod salted;
pub(in crate::scheme) mod spring;
pub(in crate::scheme) mod windows;

pub(in crate::scheme) use argon2::ARGON2;
pub(in crate::scheme) use base::{Family, NONE};
pub(in crate::scheme) use bcrypt::BCRYPT;
pub(in crate::scheme) use bcrypt_over::{PASSLIB_BCRYPT_SHA256, WORDPRESS};
pub(in crate::scheme) use behind::BEHIND;
pub(in crate::scheme) use caching_sha2::CACHING_SHA2;
pub(in crate::scheme) use crypt::{CRYPT, DES, PREHASHED, is_bcrypt, is_prehashed};
pub(in crate::scheme) use cut::Cut;
pub(in crate::scheme) use devices::CISCO7;
pub(in crate::scheme) use expression::EXPRESSIONS;
pub(in crate::scheme) use kratos::{KRATOS_CRYPT, KRATOS_FIREBASE, KRATOS_TEMPLATE};
pub(in crate::scheme) use pbkdf2::PBKDF2_PHC;
pub(in crate::scheme) use phpass::PHPASS;
pub(in crate::scheme) use plain::PLAIN;
pub(in crate::scheme) use salted::{SALTED, SALTED_HMAC, SALTED_PBKDF2, SALTED_SCRYPT, SCRAM};
