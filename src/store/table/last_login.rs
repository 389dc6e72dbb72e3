//! How the time of the last login is read from its column.

/// How the last login is read.
#[derive(Clone, Debug)]
pub(crate) enum LastLoginSql {
    /// An integer expression in milliseconds.
    Millis(String),
    /// An integer column: seconds or milliseconds.
    Epoch(String),
    /// Text to be parsed.
    Text(String),
}

/// What an expression answers for a time that is there and can't be read.
pub(crate) const UNREADABLE: i64 = i64::MIN + 1;
