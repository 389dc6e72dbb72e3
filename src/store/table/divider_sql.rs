//! How a database reads a column that divides the rows.

use super::last_login::LastLoginSql;

/// The longest word, in bytes, that stands for a kind of rows.
pub(super) const WORD_BYTES_MAX: usize = 64;

/// How a database reads a column that divides.
pub(super) enum DividerSql {
    /// A signed integer of 64 bits.
    Number(String),
    /// Milliseconds since 1970, as a signed integer of 64 bits.
    Moment(String),
    /// Text, cut behind the longest word.
    Word(String),
}

/// How a date column is read as milliseconds, with a mark for dates that have no number.
pub(super) fn moment_sql(sql: LastLoginSql) -> Option<DividerSql> {
    match sql {
        LastLoginSql::Millis(sql) => Some(DividerSql::Moment(sql)),
        LastLoginSql::Epoch(_) | LastLoginSql::Text(_) => None,
    }
}

/// A text expression, cut behind the longest word.
pub(super) fn cut(text: &str) -> String {
    format!("substr({text}, 1, {})", WORD_BYTES_MAX + 1)
}
