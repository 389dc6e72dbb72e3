//! From the file to its settings, a source file for each section.
//!
//! It opens no file and no database: it checks the text alone. The first problem is the error.

// What several sections are read with.
mod assignments;
mod config_file;
mod date;
mod name;
mod scheme;

// The sections.
mod accept;
mod companions;
mod credential;
mod database;
mod format;
mod known;
mod ledger;
mod marker;
mod on_reset;
mod rule;
mod serve;
mod target;

// The whole file.
mod parse;

pub use config_file::ConfigFile;
pub use parse::{Loaded, parse};
