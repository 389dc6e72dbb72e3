//! One column of passwords or secret answers.

use super::on_reset::OnReset;
use crate::policy::Normalize;
use crate::scheme::Declared;

/// One column of passwords or secret answers. Names of tables and columns are exact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credential {
    /// Its name, unique in the file.
    pub name: String,
    /// The schema of the table; none for the connection's own.
    pub schema: Option<String>,
    /// The table.
    pub table: String,
    /// The columns of the key, in order, at least one.
    pub key: Vec<String>,
    /// The column of the stored values.
    pub column: String,
    /// What the values are that carry no mark of their own.
    pub scheme: Declared,
    /// The column of the name that is typed at login.
    pub login: Option<String>,
    /// The column of the user's name, where the scheme takes it.
    pub username: Option<String>,
    /// The column of the salt.
    pub salt: Option<String>,
    /// The column of a second salt.
    pub salt2: Option<String>,
    /// The column of the last login.
    pub last_login: Option<String>,
    /// SQL; only rows for which it is true are seen.
    pub where_sql: Option<String>,
    /// SQL; rows for which it is true are never written.
    pub except_sql: Option<String>,
    /// How plaintext is normalised before it is hashed.
    pub normalize: Option<Normalize>,
    /// The column of the marks of wrapped values, which are native strings then.
    pub marker_column: Option<String>,
    /// Columns kept against ON UPDATE.
    pub preserve: Vec<String>,
    /// Whether every reader of the column can read wrapped values.
    pub readers_ready: bool,
    /// What a reset does beside the value.
    pub on_reset: OnReset,
    /// The line of the file in which it begins, from 1.
    pub line: usize,
}

impl Credential {
    /// The user's name, where the scheme takes it: `username`, or else `login`.
    pub fn username_column(&self) -> Option<&str> {
        self.username.as_deref().or(self.login.as_deref())
    }
}
