//! Which database stands behind a URL, and what a connection to it is for.

use super::error::StoreError;
use super::words::SqlWords;
use super::{mysql, postgres, sqlite};
use crate::scheme::ReaderLanguage;
use crate::secret::DatabaseUrl;

/// Which database stands behind a URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// PostgreSQL.
    Postgres,
    /// MySQL or MariaDB.
    MySql,
    /// SQLite.
    Sqlite,
}

impl Kind {
    /// The words of its SQL.
    pub(crate) fn words(self) -> &'static SqlWords {
        match self {
            Self::Postgres => &postgres::WORDS,
            Self::MySql => &mysql::WORDS,
            Self::Sqlite => &sqlite::WORDS,
        }
    }

    /// Every database.
    pub fn all() -> [Self; 3] {
        [Self::Postgres, Self::MySql, Self::Sqlite]
    }

    /// The language of its SQL, where that has hash functions.
    pub fn reader_language(self) -> Option<ReaderLanguage> {
        match self {
            Self::Postgres => Some(ReaderLanguage::Postgres),
            Self::MySql => Some(ReaderLanguage::MySql),
            Self::Sqlite => None,
        }
    }

    /// Whether it lets in one writer at a time.
    pub fn lets_in_one_writer(self) -> bool {
        self.words().one_writer
    }

    /// Whether it knows users and their rights.
    pub fn has_rights(self) -> bool {
        self.words().has_rights
    }

    /// The kind that a URL names by its scheme.
    pub fn of(url: &DatabaseUrl) -> Result<Self, StoreError> {
        let scheme = url.expose().split(':').next().unwrap_or_default();
        let (kind, built) = match scheme {
            "postgres" | "postgresql" => (Self::Postgres, cfg!(feature = "postgres")),
            "mysql" | "mariadb" => (Self::MySql, cfg!(feature = "mysql")),
            "sqlite" => (Self::Sqlite, cfg!(feature = "sqlite")),
            _ => {
                return Err(StoreError::Url(
                    "the database URL must begin with postgres://, mysql://, mariadb:// or sqlite:"
                        .to_owned(),
                ));
            }
        };
        if built {
            Ok(kind)
        } else {
            Err(StoreError::Url(format!(
                "this build of saltern has no support for {scheme} databases"
            )))
        }
    }
}

/// What a connection is for; it decides what the session may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Reads only.
    ///
    /// SQLite opens the file read-only, the others start read-only transactions.
    Read,
    /// Writes pages and the ledger.
    Write,
}
