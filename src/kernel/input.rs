//! What is hashed: a text and a salt.

/// One hash to make.
#[derive(Clone, Copy)]
pub struct Input<'a> {
    /// The text to hash. For bcrypt it has at most [`BCRYPT_INPUT_MAX`](super::BCRYPT_INPUT_MAX)
    /// bytes, none of them NUL. The terminating NUL that bcrypt hashes is added by this module.
    pub text: &'a [u8],
    /// The salt, raw: 16 bytes for bcrypt, at least 8 for Argon2id, any for PBKDF2.
    pub salt: &'a [u8],
}
