//! How the values of each scheme are taken apart, and made of a password: one family for what is
//! made alike.
//!
//! A family knows nothing of columns, rules and charsets, and compares nothing. Who verifies makes
//! the text and compares it with the stored one.

mod base;

mod cut;

mod argon2;

mod bcrypt;

mod bcrypt_over;

pub(in crate::scheme) mod crypt;

mod caching_sha2;

mod pbkdf2;

mod phpass;

pub(in crate::scheme) mod plain;

mod expression;

mod over;

pub(in crate::scheme) mod applications;

pub(in crate::scheme) mod databases;

pub(in crate::scheme) mod devices;

pub(in crate::scheme) mod mediawiki;

pub(in crate::scheme) mod spring;

pub(in crate::scheme) mod windows;

pub(in crate::scheme) mod salted;

pub(in crate::scheme) mod kratos;

pub(in crate::scheme) mod behind;

pub(in crate::scheme) mod bcrypt_apart;

pub(in crate::scheme) mod marked;

pub(in crate::scheme) mod records;

pub(in crate::scheme) use argon2::ARGON2;
pub(in crate::scheme) use base::{Family, NONE};
pub(in crate::scheme) use bcrypt::BCRYPT;
pub(in crate::scheme) use bcrypt_over::{PASSLIB_BCRYPT_SHA256, WORDPRESS};
pub(in crate::scheme) use caching_sha2::CACHING_SHA2;
pub(in crate::scheme) use devices::CISCO7;
pub(in crate::scheme) use expression::{EXPRESSIONS, STARRED};
pub(in crate::scheme) use kratos::{KRATOS_FIREBASE, KRATOS_TEMPLATE};
pub(in crate::scheme) use pbkdf2::PBKDF2_PHC;
pub(in crate::scheme) use phpass::PHPASS;
