//! What a configuration says, checked.

use std::path::PathBuf;

use super::serve::Serve;
use crate::policy::{Normalize, Rules, Target};
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
    /// Columns kept against ON UPDATE.
    pub preserve: Vec<String>,
    /// Whether every reader of the column can read wrapped values.
    pub readers_ready: bool,
    /// The line of the file in which it begins, from 1.
    pub line: usize,
}

impl Credential {
    /// The user's name, where the scheme takes it: `username`, or else `login`.
    pub fn username_column(&self) -> Option<&str> {
        self.username.as_deref().or(self.login.as_deref())
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
