//! Tokens for those who were reset.

pub(super) mod rows;
pub(super) mod token_file;
pub(super) mod tokens;
