//! Tokens for those who were reset. Writes the ledger and a file, never a user's row.

pub(super) mod rows; // The rows that get a token.
pub(super) mod token_file; // The file, as its maker sees it.

pub(super) mod tokens; // The order that makes it safe to be killed.
