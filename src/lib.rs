//! Finds weakly stored passwords in a user table and makes them strong.

// Floor 0: what a login needs, pure.

pub mod secret;

pub mod text;

pub mod scheme;

pub mod kernel;

// Floor 1: what to do about a value, pure.

pub mod policy;

#[cfg(feature = "census")]
pub mod census;

// Floor 2: the configuration and the databases.

#[cfg(feature = "cli")]
pub mod config;

#[cfg(feature = "cli")]
pub mod store;

// Floor 3: the pipeline of a run.

#[cfg(feature = "cli")]
pub mod engine;

// The faces.

#[cfg(feature = "cli")]
pub mod cli;

// Nothing of this is in a release.

#[cfg(feature = "failpoints")]
pub mod failpoint;
