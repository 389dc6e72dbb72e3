//! Secrets in memory: types that print nothing, are wiped when dropped and compare in constant
//! time.
//!
//! It hashes nothing, and it does not parse what is in a secret.

mod bytes;
mod url;

pub use bytes::{InnerSalt, Password, StoredHash, Token};
pub use url::{DatabaseUrl, UrlError};
