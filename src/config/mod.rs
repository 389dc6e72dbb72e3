//! `saltern.toml`: from its text to [`Settings`].
//!
//! It opens nothing: no file, no database, no environment. The caller brings the text and the file's mode, and resolves
//! the [`DatabaseSource`] afterwards.

mod error;
pub mod keys;
mod place;
mod warning;

mod settings;

mod plan;

mod document;

mod read;

pub use error::{ConfigError, Problem};
pub use place::Place;
pub use plan::{canonical, differences, digest_of, plan_digest};
pub use read::{ConfigFile, Loaded, parse};
pub use settings::{
    Assignment, Credential, DatabaseSource, KnownPasswords, LedgerNames, Listen, NewValue, OnReset,
    Pad, Serve, Settings, Tls,
};
pub use warning::{Caution, Warning};

#[cfg(test)]
mod tests;
