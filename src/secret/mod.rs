//! Secrets in memory: types that print nothing, are wiped when dropped and compare in constant time.
//!
//! This module holds and shows (or refuses to show) secrets; it neither hashes nor parses what is in them.

mod bytes;
mod url;

pub use bytes::{InnerSalt, Password, StoredHash, Token};
pub use url::{DatabaseUrl, UrlError};
