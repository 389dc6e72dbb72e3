//! Columns that a verdict on a value may need beside it: salts, and names and ids used as salts.
//!
//! They are read only where somebody asks for them, as the bytes that an application would put
//! beside a password. Nothing here decides what they mean, and nothing writes them.

use crate::config::Credential;

/// One column beside the value.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Companion {
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
pub struct CompanionColumn {
    /// The exact name.
    pub name: String,
    /// Whether it is called a salt.
    pub is_salt: bool,
    /// Whether it is called a user's name, login or e-mail address.
    pub is_name: bool,
    /// Whether it is called an id, or is a part of the key.
    pub is_id: bool,
}

/// The names under which a credential's companions stand in its table.
#[derive(Clone, Debug, Default)]
pub(crate) struct CompanionNames {
    salt: Option<String>,
    salt2: Option<String>,
    username: Option<String>,
    pub(crate) login: Option<String>,
    user_id: Option<String>,
}

impl CompanionNames {
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

    /// Whether a column of this name is one of them.
    pub(super) fn has(&self, name: &str) -> bool {
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

impl Companion {
    pub(super) fn name<'a>(&'a self, names: &'a CompanionNames) -> Option<&'a str> {
        match self {
            Self::Salt => names.salt.as_deref(),
            Self::Salt2 => names.salt2.as_deref(),
            Self::Username => names.username.as_deref(),
            Self::Login => names.login.as_deref(),
            Self::UserId => names.user_id.as_deref(),
            Self::Named(name) => Some(name),
        }
    }
}
