//! The login path: it checks a password against the stored value, and makes the better hash that
//! replaces the value.
//!
//! It uses no database and no clock, and randomness is passed in. The new hash is made only after
//! the password was found right. The caller writes it by a swap: on the condition that the old
//! value still stands there.
//!
//! ```
//! use saltern::auth::{Column, Outcome};
//! use saltern::scheme::{Context, Declared, Dialect, Outer, Scheme};
//! use saltern::secret::{Password, StoredHash};
//!
//! let column = Column {
//!     declared: Declared::Scheme(Scheme::MD5),
//!     outer: Outer::Argon2id { memory_kib: 64, iterations: 1, parallelism: 1 },
//!     dialect: Dialect::Phc,
//!     normalize: None,
//! };
//! let stored = StoredHash::new("5f4dcc3b5aa765d61d8327deb882cf99");
//! let salt = *b"16 random bytes!"; // from the operating system, fresh for every call
//! let password = Password::new("password");
//! let outcome = column.verify_and_upgrade(&stored, &password, &Context::default(), &salt)?;
//! let Outcome::MatchNeedsRehash(better) = outcome else {
//!     panic!("an MD5 is weaker than any target")
//! };
//! assert!(better.as_str().starts_with("$argon2id$v=19$"));
//! # Ok::<(), saltern::auth::AuthError>(())
//! ```

// What a login knows, and what comes out of it.
mod column;
mod error;
mod outcome;

// What a failed login costs, and the value that replaces a weaker one.
mod cost;
mod replace;

// The login itself.
mod login;

// The login where another column says which scheme a row has.
mod formats;

// By which site-wide salts are known again.
mod site;

pub use column::Column;
pub use error::AuthError;
pub use formats::{FormatOutcome, FormatWords, Formats, FormatsError, RowFormat};
pub use outcome::{Outcome, Replacement};
pub use site::SiteMismatch;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod unread_tests;
