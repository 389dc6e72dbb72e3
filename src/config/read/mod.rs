//! The file to its settings, a file a section. The first thing that is wrong is the error.

mod config_file;
mod date;
mod name;
mod scheme;

mod credential;
mod database;
mod known;
mod ledger;
mod marker;
mod on_reset;
mod rule;
mod serve;
mod target;

mod parse;

pub use config_file::ConfigFile;
pub use parse::{Loaded, parse};
