//! What a database looks like to somebody who searches it for passwords.
//!
//! `init` asks it, and `doctor` for what it says of other tables. Small reads only: the catalogue,
//! and a few rows of columns whose names are plausible. What is kept of a value is its form, never
//! the value.

// The form of a value.
mod form;

// A few rows of a column.
mod sample;

// A column that says which scheme a row has.
mod format;

// The tables of a database.
mod tables;

pub use super::table::Guess;
pub use form::{FormCount, FormKind};
pub use format::{FormatSurvey, FormatValueSurvey};
pub use sample::SAMPLE_ROWS;
pub use tables::{ColumnSurvey, TABLES_MAX, TableSurvey, candidates, survey};
