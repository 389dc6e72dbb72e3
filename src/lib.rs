//! Finds weakly stored passwords in a user table and makes them strong.

pub mod kernel;
pub mod scheme;
pub mod secret;
pub mod text;

pub mod policy;

#[cfg(feature = "cli")]
pub mod cli;
