//! Columns that a verdict on a value may need beside it: salts, and names and ids used as salts.
//!
//! They are read only where somebody asks for them, as the bytes that an application would put
//! beside a password. Nothing here decides what they mean, and nothing writes them.

use super::other_table::OtherColumn;
use super::padding::PaddedColumn;
use crate::config::{Credential, EmptySalt, LoginColumns};
use crate::scheme::{MissingSalt, SaltBeside};

/// One column beside the value.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Companion {
    /// The credential's `salt`.
    Salt,
    /// The credential's `salt2`.
    Salt2,
    /// The credential's `username`, or the first of its `login` where it names none.
    Username,
    /// The first column of the credential's `login`.
    Login,
    /// Another column of the credential's `login`, counted from 0 behind the first.
    OtherLogin(usize),
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

/// Where a credential's companions stand.
#[derive(Clone, Debug, Default)]
pub(crate) struct CompanionSources {
    pub(super) salt: Option<CompanionSource>,
    pub(super) salt2: Option<CompanionSource>,
    pub(super) username: Option<CompanionSource>,
    pub(crate) login: LoginColumns,
    pub(super) user_id: Option<String>,
}

/// Where a companion stands.
#[derive(Clone, Debug)]
pub(super) enum CompanionSource {
    /// A column of the credential's own table, by its exact name.
    Own(String),
    /// A column of another table.
    Other(OtherColumn),
}

/// How a companion is read.
#[derive(Clone, Debug)]
pub(crate) struct ReadCompanion {
    /// Its bytes, as SQL.
    pub(crate) sql: String,
    /// How many rows of another table match, as SQL.
    pub(crate) matches: Option<String>,
    pub(crate) padding: PaddedColumn,
    /// What NULL is to the application; none where it is no salt.
    pub(crate) empty: Option<EmptySalt>,
    /// Whether the credential names a column for it.
    pub(crate) is_named: bool,
}

impl Companion {
    /// Those of so many columns of logins.
    pub fn logins(columns: usize) -> impl Iterator<Item = Self> {
        let others = (1..columns).map(|at| Self::OtherLogin(at - 1));
        std::iter::once(Self::Login).chain(others)
    }
}

impl ReadCompanion {
    /// What a salt is, given its bytes and how many rows of another table match.
    pub(crate) fn salt_beside(&self, bytes: Option<&[u8]>, found: i64) -> SaltBeside {
        // Without a column there is nothing that could be missing.
        if !self.is_named {
            return SaltBeside::Given;
        }
        let missing = match bytes {
            _ if found > 1 => return SaltBeside::Missing(MissingSalt::Doubtful),
            None => MissingSalt::Null,
            Some(bytes) if self.padding.is_blank(bytes) => MissingSalt::Empty,
            Some(_) => return SaltBeside::Given,
        };
        match self.empty {
            Some(EmptySalt::Empty) => SaltBeside::CountsAsEmpty,
            None => SaltBeside::Missing(missing),
        }
    }
}

impl CompanionSources {
    /// Those of the credential's own table; the others are resolved one by one.
    pub(super) fn of(credential: &Credential) -> Self {
        let own = |name: Option<&str>| name.map(|name| CompanionSource::Own(name.to_owned()));
        Self {
            salt: own(credential.salt.as_deref()),
            salt2: own(credential.salt2.as_deref()),
            username: own(credential.username_column()),
            login: credential.login.clone(),
            user_id: credential.key.first().cloned(),
        }
    }

    /// Whether a column of this name is one of them.
    pub(super) fn has(&self, name: &str) -> bool {
        let own = [&self.salt, &self.salt2, &self.username].into_iter();
        own.flatten()
            .any(|source| matches!(source, CompanionSource::Own(own) if own == name))
            || self.login.has(name)
            || self.user_id.as_deref() == Some(name)
    }

    /// Those that stand in other tables.
    pub(super) fn others(&self) -> impl Iterator<Item = &OtherColumn> {
        let all = [&self.salt, &self.salt2, &self.username].into_iter();
        all.flatten().filter_map(|source| match source {
            CompanionSource::Own(_) => None,
            CompanionSource::Other(other) => Some(other),
        })
    }

    /// Where a companion stands; none where the credential does not name it.
    pub(super) fn source(&self, of: &Companion) -> Option<CompanionSource> {
        let own = |name: &String| CompanionSource::Own(name.clone());
        match of {
            Companion::Salt => self.salt.clone(),
            Companion::Salt2 => self.salt2.clone(),
            Companion::Username => self.username.clone(),
            Companion::Login => self.login.columns.first().map(own),
            Companion::OtherLogin(at) => self.login.others().get(*at).map(own),
            Companion::UserId => self.user_id.as_ref().map(own),
            Companion::Named(name) => Some(own(name)),
        }
    }
}
