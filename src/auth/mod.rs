//! The login path: check a password against what is stored, and make the better hash that replaces it.
//!
//! Pure but for the work: no database, no clock, randomness passed in. The new hash is made only after the password was found right,
//! and it is for the caller to write it by swap, on the condition that the old value still stands there.
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
//!     dearest: None,
//! };
//! let stored = StoredHash::new("5f4dcc3b5aa765d61d8327deb882cf99");
//! let salt = *b"16 random bytes!"; // from the operating system, fresh for every call
//! let outcome = column.verify_and_upgrade(&stored, &Password::new("password"), &Context::default(), &salt)?;
//! let Outcome::MatchNeedsRehash(better) = outcome else { panic!("an MD5 is weaker than any target") };
//! assert!(better.as_str().starts_with("$argon2id$v=19$"));
//! # Ok::<(), saltern::auth::AuthError>(())
//! ```

mod column;
mod error;
mod outcome;

mod cost;
mod replace;

mod login;

pub use column::Column;
pub use error::AuthError;
pub use outcome::{Outcome, Replacement};

#[cfg(test)]
mod tests;
