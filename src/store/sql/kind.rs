//! Which database stands behind a URL, and what a connection to it is for.

use super::error::StoreError;
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
    /// Reads only: SQLite opens the file read-only, PostgreSQL and MySQL start read-only transactions.
    Read,
    /// Writes pages and the ledger.
    Write,
}
