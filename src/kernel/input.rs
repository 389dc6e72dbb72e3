//! What is hashed.

/// One hash to make: what is hashed, and its salt.
#[derive(Clone, Copy)]
pub struct Input<'a> {
    /// The text to hash. For bcrypt at most [`BCRYPT_INPUT_MAX`](super::BCRYPT_INPUT_MAX) bytes and none of them NUL;
    /// the terminating NUL that bcrypt hashes is added here.
    pub text: &'a [u8],
    /// The salt, raw: 16 bytes for bcrypt, at least 8 for Argon2id, any for PBKDF2.
    pub salt: &'a [u8],
}
