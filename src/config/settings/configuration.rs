//! A configuration as a whole, and its smallest sections.

use std::path::PathBuf;

use super::credential::Credential;
use super::serve::Serve;
use crate::policy::{Rules, Target};
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
