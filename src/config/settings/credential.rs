//! One column of passwords or secret answers.

use super::accepted::AcceptedPart;
use super::companions::{CompanionSettings, OtherTable};
use super::format::{FormatPart, FormatRows};
use super::on_reset::{Assignment, OnReset};
use crate::policy::{Expected, Normalize, SchemeGroup, Target};
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
    /// How salts and names beside the values are read, and which stand in another table.
    pub companions: CompanionSettings,
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
    /// Which rows of the file's credential these are, where a column says which scheme a row has.
    pub format: Option<FormatPart>,
    /// Columns of the user table that are set when a value is wrapped.
    pub on_wrap: Vec<Assignment>,
    /// Columns of the user table that are set when a login replaces a value.
    pub on_login: Vec<Assignment>,
    /// The line of the file where it begins, from 1.
    pub line: usize,
}

impl Credential {
    /// What a stored value of this column is.
    pub fn recognise<'v>(&self, value: Option<&'v [u8]>) -> Recognised<'v> {
        recognise_joined(value, self.scheme, self.separator)
    }

    /// The name of the credential in the file, of which this may be a part.
    pub fn file_name(&self) -> &str {
        self.format.as_ref().map_or(&self.name, |part| &part.of)
    }

    /// What a column of the row says of its value.
    pub fn expected(&self, target: &Target) -> Expected {
        match (&self.format, self.scheme) {
            (None, _) => Expected::Anything,
            (Some(part), _) if matches!(part.rows, FormatRows::Written(_)) => Expected::Written,
            (Some(part), declared) => {
                let or = part.write.is_none().then(|| target.outer.scheme());
                let of_scheme = match declared {
                    Declared::Auto => None,
                    Declared::Scheme(scheme) => SchemeGroup::of(scheme),
                };
                match (part.group.or(of_scheme), declared) {
                    (Some(group), _) => Expected::Group { group, or },
                    (None, Declared::Scheme(scheme)) => Expected::Scheme { scheme, or },
                    (None, Declared::Auto) => Expected::Anything,
                }
            }
        }
    }

    /// Every column that is set beside the value, and not by a reset alone, each once.
    pub fn columns_beside(&self) -> Vec<&str> {
        let format = self.format.as_ref().filter(|part| part.write.is_some());
        let assigned = self.on_wrap.iter().chain(&self.on_login);
        let mut columns: Vec<&str> = Vec::new();
        for column in format
            .map(|part| part.column.as_str())
            .into_iter()
            .chain(assigned.map(|assignment| assignment.column.as_str()))
        {
            if !columns.contains(&column) {
                columns.push(column);
            }
        }
        columns
    }

    /// The column of the user's name, where the scheme takes it: `username`, or else `login`.
    pub fn username_column(&self) -> Option<&str> {
        match self.companions.username {
            Some(_) => None,
            None => self.username.as_deref().or(self.login.as_deref()),
        }
    }

    /// Whether a salt stands beside the values, in this table or in another.
    pub fn has_salt(&self) -> bool {
        self.salt.is_some() || self.companions.salt.is_some()
    }

    /// The columns of other tables that are read beside the values.
    pub fn other_tables(&self) -> impl Iterator<Item = &OtherTable> {
        let CompanionSettings {
            salt,
            salt2,
            username,
            ..
        } = &self.companions;
        [salt, salt2, username].into_iter().flatten()
    }
}
