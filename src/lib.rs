//! Finds weakly stored passwords in a user table and makes them strong.
//!
//! Without default features this is what an application links to let people log in: before a run,
//! during it and after it. It has nothing asynchronous, no SQL and no threads.
//!
//! ```
//! use saltern::auth::{Column, Outcome};
//! use saltern::scheme::{Context, Declared, Dialect, Outer};
//! use saltern::secret::{Password, StoredHash};
//!
//! // What a run made of the MD5 of "dragon", with the parameters of a test.
//! let stored = StoredHash::new(
//!     "$argon2id--md5$v=19$m=64,t=1,p=1$MDEyMzQ1Njc4OWFiY2RlZg\
//!      $3FGl1vs+Z/iTpnLuznLnSx41d5dc3GpohQXxl2/OTmE",
//! );
//! let column = Column {
//!     declared: Declared::Auto,
//!     outer: Outer::Argon2id { memory_kib: 64, iterations: 1, parallelism: 1 },
//!     dialect: Dialect::Phc,
//!     normalize: None,
//! };
//! let mut salt = [0; 16];
//! getrandom::fill(&mut salt)?;
//! let password = Password::new("dragon");
//! match column.verify_and_upgrade(&stored, &password, &Context::default(), &salt)? {
//!     Outcome::Mismatch => panic!("it is the password"),
//!     Outcome::Match => {}
//!     // UPDATE … SET password = :better WHERE id = :id AND password = :stored
//!     Outcome::MatchNeedsRehash(better) => assert!(better.as_str().starts_with("$argon2id$")),
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

// Floor 0: what a login needs, pure.

pub mod kernel;

pub mod secret;

pub mod text;

pub mod scheme;

// Floor 1: what to do about a value, pure.

pub mod policy;

pub mod auth;

#[cfg(feature = "census")]
pub mod census;

pub mod reset;

// Floor 2: the machine, the configuration and the databases.

#[cfg(feature = "cli")]
pub mod machine;

#[cfg(feature = "cli")]
pub mod config;

#[cfg(feature = "cli")]
pub mod store;

// Floor 3: the pipeline of a run.

#[cfg(feature = "cli")]
pub mod engine;

// The faces.

#[cfg(feature = "cli")]
pub mod report;

#[cfg(feature = "serve")]
pub mod serve;

#[cfg(feature = "cli")]
pub mod cli;

// Nothing of this is in a release.

#[cfg(feature = "failpoints")]
pub mod failpoint;

#[cfg(all(feature = "cli", not(feature = "failpoints")))]
mod failpoint {
    /// No point is ever armed here.
    pub(crate) fn hit(_name: &str) -> bool {
        false
    }

    pub(crate) fn is_armed(_name: &str) -> bool {
        false
    }
}

#[cfg(test)]
mod floors;
