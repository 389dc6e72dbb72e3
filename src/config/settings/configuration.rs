//! A configuration as a whole, and its smallest sections.

use std::path::PathBuf;

use super::credential::Credential;
use super::serve::Serve;
use crate::policy::{Rules, Target};
use crate::secret::DatabaseUrl;

/// A configuration.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where the URL of the database comes from.
    pub database: DatabaseSource,
    /// The columns that hold passwords or secret answers, at least one.
    pub credentials: Vec<Credential>,
    /// The hash that every row is to have.
    pub target: Target,
    /// What is done with which rows.
    pub rules: Rules,
    /// The lists of passwords that guessers know.
    pub known: KnownPasswords,
    /// Where the ledger's tables are.
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

/// Where the URL of the database comes from.
#[derive(Clone, Debug)]
pub enum DatabaseSource {
    /// This environment variable.
    Env(String),
    /// This file. A relative path counts from the folder of the configuration.
    File(PathBuf),
    /// The configuration itself.
    Url(DatabaseUrl),
}

/// The lists of passwords that guessers know.
///
/// They are paths: nothing has been opened. A relative path counts from the folder of the
/// configuration.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KnownPasswords {
    /// Lists of words, one a line.
    pub wordlists: Vec<PathBuf>,
    /// A list of digests as Have I Been Pwned publishes them, ordered by digest.
    pub pwned: Option<PathBuf>,
}

/// Where the ledger's tables are: in a schema on PostgreSQL, under a prefix elsewhere.
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
