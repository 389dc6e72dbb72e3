//! Finds weakly stored passwords in a user table and makes them strong.

pub mod kernel;

#[cfg(feature = "cli")]
pub mod cli;
