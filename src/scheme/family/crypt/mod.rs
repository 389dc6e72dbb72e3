//! The strings of crypt(3) and of what grew up beside it: a setting, and behind it the hash in
//! crypt's own base 64.
//!
//! The text is the whole string, the setting all of it before the hash. libxcrypt is the judge of
//! what a string means.

pub(in crate::scheme) mod base64;
mod des;
mod gost;
mod md5;
mod prehashed;
mod sha1;
mod sha2;
mod strings;
mod sun_md5;
mod yescrypt;

pub(in crate::scheme) use des::{BIGCRYPT_MARK, DES};
pub(in crate::scheme) use prehashed::{PREHASHED, is_bcrypt, is_prehashed};
pub(in crate::scheme) use strings::CRYPT;
