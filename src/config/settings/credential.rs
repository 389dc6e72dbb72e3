//! One column of passwords or secret answers.

use super::accepted::AcceptedPart;
use super::on_reset::OnReset;
use crate::policy::Normalize;
use crate::scheme::{Declared, Recognised, recognise_joined};

/// One column of passwords or secret answers. The names of tables and columns are exact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credential {
    /// Its name, unique in the file.
    pub name: String,
    /// The schema of the table; none for the connection's default.
    pub schema: Option<String>,
    /// The table.
    pub table: String,
    /// The columns of the key in their order, at least one.
    pub key: Vec<String>,
    /// The column of the stored values.
    pub column: String,
    /// The scheme of the values that have no prefix of their own.
    pub scheme: Declared,
    /// The column of the name that users type at login.
    pub login: Option<String>,
    /// The column of the user's name, where the scheme takes it.
    pub username: Option<String>,
    /// The column of the salt.
    pub salt: Option<String>,
    /// The character between a digest and the salt beside it; none for any.
    pub separator: Option<u8>,
    /// The column of a second salt.
    pub salt2: Option<String>,
    /// The column of the last login.
    pub last_login: Option<String>,
    /// A condition in SQL; only rows for which it is true are read.
    pub where_sql: Option<String>,
    /// A condition in SQL; rows for which it is true are never written.
    pub except_sql: Option<String>,
    /// Parts of the rows that are of the column's scheme although no proof covers them.
    pub accept: Vec<AcceptedPart>,
    /// How plaintext is normalised before it is hashed.
    pub normalize: Option<Normalize>,
    /// The column for the labels of wrapped values. With it, wrapped values are native strings.
    pub marker_column: Option<String>,
    /// Columns whose `ON UPDATE` clause must not change them when a value is written.
    pub preserve: Vec<String>,
    /// Whether every reader of the column can read wrapped values.
    pub readers_ready: bool,
    /// Whether the values of a column declared plaintext are passwords, however alike they look.
    pub plaintext_is_certain: bool,
    /// What a reset changes beside the value.
    pub on_reset: OnReset,
    /// The line of the file where it begins, from 1.
    pub line: usize,
}

impl Credential {
    /// What a stored value of this column is.
    pub fn recognise<'v>(&self, value: Option<&'v [u8]>) -> Recognised<'v> {
        recognise_joined(value, self.scheme, self.separator)
    }

    /// The column of the user's name, where the scheme takes it: `username`, or else `login`.
    pub fn username_column(&self) -> Option<&str> {
        self.username.as_deref().or(self.login.as_deref())
    }
}
