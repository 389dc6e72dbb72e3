//! `saltern.toml`: from its text to [`Settings`].
//!
//! It opens nothing: no file, no database, no environment. The caller brings the text and the file's mode, and resolves
//! the [`DatabaseSource`] afterwards.

mod credential;
mod date;
mod error;
pub mod keys;
mod marker;
mod nearest;
mod on_reset;
mod parse;
mod plan;
mod rule;
mod section;
mod serve;
mod settings;
mod source;
mod target;
mod warning;

pub use error::{ConfigError, Problem};
pub use parse::{ConfigFile, Loaded, parse};
pub use plan::{canonical, differences, digest_of, plan_digest};
pub use serve::{Listen, Pad, Serve, Tls};
pub use settings::{
    Assignment, Credential, DatabaseSource, KnownPasswords, LedgerNames, NewValue, OnReset,
    Settings,
};
pub use source::Place;
pub use warning::{Caution, Warning};

#[cfg(test)]
mod tests;
