//! One column of passwords or secret answers.

use std::num::NonZeroU8;
use std::path::PathBuf;

use super::accepted::AcceptedPart;
use super::companions::{CompanionSettings, OtherTable};
use super::format::{FormatPart, FormatRows};
use super::login::LoginColumns;
use super::on_reset::{Assignment, OnReset};
use crate::policy::{Expected, Normalize, SchemeGroup, Target};
use crate::scheme::{Declared, Recognised, Scheme, Shape, recognise_joined};
use crate::secret::SiteSalts;
use crate::text::Charset;

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
    /// The columns of the names that users type at login.
    pub login: LoginColumns,
    /// The charset in which old passwords were hashed, where that was not UTF-8.
    pub charset: Option<Charset>,
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
    /// The file of the application's site-wide salts, a line each. A relative path counts from the
    /// folder of the configuration.
    pub site_salt_file: Option<PathBuf>,
    /// What stands in that file, once it was read ([`Credential::set_site`]).
    pub site: Option<SiteSalts>,
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
    /// Whether NULL in the column of last logins means never, even where every row has NULL there.
    pub last_login_null_is_never: bool,
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

/// Why the lines of a file of site-wide salts don't do for a credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SiteLineError {
    /// The scheme names a line that is not there.
    #[error("{scheme} takes line {line}, and the file has {lines}")]
    NoSuchLine {
        /// The scheme.
        scheme: Scheme,
        /// The line, from 1.
        line: u8,
        /// How many there are.
        lines: usize,
    },
    /// Several lines, and values of which no proof can say which line made them.
    #[error(
        "the file has {lines} lines, and only a bare digest in hex can be proven to be of one of them: \
         write the line's number into {scheme}, as in `site1`"
    )]
    WhichLine {
        /// The scheme.
        scheme: Scheme,
        /// How many there are.
        lines: usize,
    },
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

    /// Takes what stands in the file of site-wide salts. Where it is one line, that is the line of
    /// the declared scheme.
    ///
    /// # Errors
    /// Lines that don't do for the declared scheme.
    pub fn set_site(&mut self, site: SiteSalts) -> Result<(), SiteLineError> {
        let lines = site.count();
        match self.scheme {
            // The labels of wrapped values are known by the schemes that may have been proven.
            Declared::Auto => {
                for shape in Shape::ALL {
                    shape.site_candidates(&site);
                }
            }
            Declared::Scheme(scheme) => {
                let missing = |line: &NonZeroU8| site.line(*line).is_none();
                if let Some(line) = scheme.site_lines().into_iter().find(missing) {
                    let line = line.get();
                    return Err(SiteLineError::NoSuchLine {
                        scheme,
                        line,
                        lines,
                    });
                }
                match scheme.with_site_lines(&site)[..] {
                    [of_line] => self.scheme = Declared::Scheme(of_line),
                    _ if scheme.shape().is_some() => {}
                    _ => return Err(SiteLineError::WhichLine { scheme, lines }),
                }
            }
        }
        self.site = Some(site);
        Ok(())
    }

    /// The column of the user's name, where the scheme takes it: `username`, or else the first
    /// of `login`.
    pub fn username_column(&self) -> Option<&str> {
        match self.companions.username {
            Some(_) => None,
            None => self.username.as_deref().or(self.login.first()),
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
