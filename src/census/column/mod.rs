//! The census of one column: every row in one line, every line with what a plan needs to decide about its rows.

mod kind;
mod line;
mod settings;

mod finished;

mod counting;

mod finder;

pub use counting::Census;
pub use finder::LineFinder;
pub use finished::ColumnCensus;
pub use line::ColumnLine;
pub use settings::CensusSettings;
