//! What a reset writes: a dead value, which no password opens, and tokens by which users choose a
//! new password.
//!
//! It is pure, and randomness is passed in. Who is reset and when, the rules say; `store` writes
//! it.

mod dead_form;
mod token;

pub use dead_form::{DeadForm, DeadFormError, RANDOM_BYTES};
pub use token::{
    KeptToken, TOKEN_BYTES, TOKEN_CHARS, TokenBinding, is_bound, keep, token, token_hash,
};
