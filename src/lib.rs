//! Finds weakly stored passwords in a user table and makes them strong.

// Floor 0: what a login needs, pure.

pub mod secret;

pub mod text;

pub mod scheme;

pub mod kernel;

// Floor 1: what to do about a value, pure.

pub mod policy;

// The faces.

#[cfg(feature = "cli")]
pub mod config;

#[cfg(feature = "cli")]
pub mod cli;
