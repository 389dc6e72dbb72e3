//! What a configuration says, checked.

use std::path::PathBuf;

use super::serve::Serve;
use crate::policy::{Normalize, Rules, Target};
use crate::reset::DeadForm;
use crate::scheme::Declared;
use crate::secret::DatabaseUrl;

/// A configuration.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where the URL of the database is to be had.
    pub database: DatabaseSource,
    /// The columns that hold passwords or secret answers, at least one.
    pub credentials: Vec<Credential>,
    /// What the rows are to become.
    pub target: Target,
    /// What is done with which rows.
    pub rules: Rules,
    /// Which passwords are known to those who guess.
    pub known: KnownPasswords,
    /// Where the ledger lives.
    pub ledger: LedgerNames,
    /// How `saltern serve` answers.
    pub serve: Serve,
}

impl Settings {
    /// The credential of that name.
    pub fn credential(&self, name: &str) -> Option<&Credential> {
        self.credentials
            .iter()
            .find(|credential| credential.name == name)
    }
}

/// Where the URL of the database is to be had.
#[derive(Clone, Debug)]
pub enum DatabaseSource {
    /// In that environment variable.
    Env(String),
    /// In that file; a relative path has been read from the folder of the configuration.
    File(PathBuf),
    /// Here.
    Url(DatabaseUrl),
}

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

/// What a reset does beside the value, by the operator's own words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OnReset {
    /// What the value becomes.
    pub value: DeadForm,
    /// Columns of the user table that change in the statement that resets the value.
    pub set: Vec<Assignment>,
    /// Statements that run in the same transaction, for the keys of the rows that were reset.
    pub sql: Vec<String>,
    /// Columns of the user table that change when a row gets its new password by a token.
    pub done: Vec<Assignment>,
    /// The column that is set for a user who must change the password at the next login: what a soft reset needs.
    pub must_change: Option<String>,
}

/// A column of the user table and what it is set to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    /// The column's exact name.
    pub column: String,
    /// What it is set to.
    pub value: NewValue,
}

/// What a column is set to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NewValue {
    /// True or false.
    Flag(bool),
    /// A whole number.
    Number(i64),
    /// An SQL expression of the operator's.
    Sql(String),
}

impl OnReset {
    /// Every column of the user table that is set by any of it, each once.
    pub fn columns(&self) -> Vec<&str> {
        let mut columns: Vec<&str> = Vec::new();
        let assigned = self.set.iter().chain(&self.done);
        let assigned = assigned.map(|assignment| assignment.column.as_str());
        for column in assigned.chain(self.must_change.as_deref()) {
            if !columns.contains(&column) {
                columns.push(column);
            }
        }
        columns
    }
}

impl std::fmt::Display for NewValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Flag(flag) => write!(f, "{flag}"),
            Self::Number(number) => write!(f, "{number}"),
            Self::Sql(sql) => write!(f, "{sql:?}"),
        }
    }
}

/// The lists of passwords that everybody has who guesses. Paths only: nothing has been opened, and a relative one has been read from the
/// folder of the configuration.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KnownPasswords {
    /// Lists of words, one a line.
    pub wordlists: Vec<PathBuf>,
    /// A list of digests as Have I Been Pwned gives them out, ordered by digest.
    pub pwned: Option<PathBuf>,
}

/// Where the ledger lives: a schema on PostgreSQL, a prefix elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerNames {
    /// The schema.
    pub schema: String,
    /// The prefix of the tables' names.
    pub prefix: String,
}

impl Default for LedgerNames {
    fn default() -> Self {
        Self {
            schema: "saltern".to_owned(),
            prefix: "saltern_".to_owned(),
        }
    }
}
