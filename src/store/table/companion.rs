//! The columns beside a value that a verdict on it may need: its salts, the user's name, the user's id, and others by name.
//!
//! They are read only where somebody asks for them, as the bytes that an application would put beside a password. Nothing here
//! decides what they mean, and nothing writes them.

use super::info::{ColumnInfo, Family};
use crate::config::Credential;
use crate::store::sql::Kind;

/// One column beside the value.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Neighbour {
    /// The credential's `salt`.
    Salt,
    /// The credential's `salt2`.
    Salt2,
    /// The credential's `username`, or its `login` where it names none.
    Username,
    /// The credential's `login`.
    Login,
    /// The first column of the key, as the text in which the database writes it.
    UserId,
    /// A column by its exact name.
    Named(String),
}

/// A column of the same table, and what its name says that it may have been to a digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NeighbourName {
    /// The exact name.
    pub name: String,
    /// Whether it is called a salt.
    pub is_salt: bool,
    /// Whether it is called a user's name, login or e-mail address.
    pub is_name: bool,
    /// Whether it is called an id, or is a part of the key.
    pub is_id: bool,
}

/// The names under which a credential's neighbours stand in its table.
#[derive(Clone, Debug, Default)]
pub(crate) struct Known {
    salt: Option<String>,
    salt2: Option<String>,
    username: Option<String>,
    pub(crate) login: Option<String>,
    user_id: Option<String>,
}

impl Known {
    pub(crate) fn of(credential: &Credential) -> Self {
        Self {
            salt: credential.salt.clone(),
            salt2: credential.salt2.clone(),
            username: credential
                .username
                .clone()
                .or_else(|| credential.login.clone()),
            login: credential.login.clone(),
            user_id: credential.key.first().cloned(),
        }
    }
}

impl Known {
    pub(super) fn names(&self, name: &str) -> bool {
        [
            &self.salt,
            &self.salt2,
            &self.username,
            &self.login,
            &self.user_id,
        ]
        .into_iter()
        .any(|known| known.as_deref() == Some(name))
    }
}

impl Neighbour {
    pub(super) fn name<'a>(&'a self, known: &'a Known) -> Option<&'a str> {
        match self {
            Self::Salt => known.salt.as_deref(),
            Self::Salt2 => known.salt2.as_deref(),
            Self::Username => known.username.as_deref(),
            Self::Login => known.login.as_deref(),
            Self::UserId => known.user_id.as_deref(),
            Self::Named(name) => Some(name),
        }
    }
}

/// The bytes that a program which reads this column has in its hands: text in UTF-8, numbers and dates as they are written out, bytes
/// as they are.
pub(super) fn bytes_of(kind: Kind, info: &ColumnInfo, at: &str, encoding: &str) -> String {
    match (kind, info.family) {
        (Kind::Postgres, Family::Bytes) => at.to_owned(),
        // A cast to text drops the blanks behind a char(n), with which every program reads it.
        (Kind::Postgres, Family::Text) if info.base == "bpchar" => {
            format!("bpcharsend({at})")
        }
        (Kind::Postgres, _) => format!("convert_to({at}::text, '{encoding}')"),
        (Kind::MySql, Family::Bytes | Family::FixedBytes) => format!("CAST({at} AS BINARY)"),
        (Kind::MySql, Family::Text) => {
            format!("CAST(CONVERT({at} USING utf8mb4) AS BINARY)")
        }
        (Kind::MySql, _) => {
            format!("CAST(CAST({at} AS CHAR CHARACTER SET utf8mb4) AS BINARY)")
        }
        (Kind::Sqlite, _) => format!("CAST({at} AS BLOB)"),
    }
}
