//! The strings of crypt(3) and of its successors: a setting, and behind it the hash in crypt's own
//! base 64.
//!
//! The text is the whole string, the setting all of it before the hash. What a string means is what
//! libxcrypt takes it for.

pub(in crate::scheme) mod base64;

mod md5;

mod sun_md5;

mod sha1;

mod sha2;

mod yescrypt;

mod gost;

pub(in crate::scheme) mod strings;

pub(in crate::scheme) mod des;

pub(in crate::scheme) mod prehashed;
