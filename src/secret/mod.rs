//! Secrets in memory: types that print nothing, are wiped when dropped and compare in constant
//! time.
//!
//! It hashes nothing, and it does not parse what is in a secret.

mod bytes;
mod file_rights;
mod site;
mod url;
mod url_error;
mod url_spelling;

pub use bytes::{InnerSalt, Password, StoredHash, Token};
pub use file_rights::{FileHolds, FileRights, RightsFault};
pub use site::{SiteSaltError, SiteSalts};
pub use url::DatabaseUrl;
pub use url_error::UrlError;
