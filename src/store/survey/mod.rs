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

// A table of attributes and values.
mod attributes;

// The tables of a database.
mod tables;

// Which columns look like passwords of users.
mod judge;

pub use super::table::{Guess, TableOf};
pub use form::{FormCount, FormKind};
pub use format::{FormatSurvey, FormatValueSurvey};
pub use judge::judge;
pub use sample::{SAMPLE_ROWS, words_of};
pub use tables::{ColumnSurvey, TABLES_MAX, TableSurvey, candidates, survey};
