//! What a password is reset to, a value that opens for nobody, and the tokens by which a new one is chosen. Pure; randomness is passed in.
//!
//! Who is reset, and when, is the rules' to say; how it is written, the store's.

mod dead_form;
mod token;

pub use dead_form::{DeadForm, DeadFormError, RANDOM_BYTES};
pub use token::{KeptToken, TOKEN_BYTES, TOKEN_CHARS, is_bound, keep, token, token_hash};
