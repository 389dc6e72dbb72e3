//! The census of one column. Every row is counted in one line, and a line has what a plan needs to
//! decide about its rows.

mod kind;
mod line;
mod settings;

mod passwords;

mod finished;

mod counting;

mod finder;

pub use counting::{Census, ObservedRow};
pub use finder::LineFinder;
pub use finished::ColumnCensus;
pub use line::ColumnLine;
pub use passwords::{OneForm, settle_chance};
pub use settings::CensusSettings;
