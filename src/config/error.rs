//! What can be wrong with a configuration, in words by which a person can put it right.

use std::fmt;

use thiserror::Error;

use super::place::Place;
use crate::policy::Impossible;
use crate::reset::DeadFormError;
use crate::scheme::{Dialect, ExpressionError};
use crate::secret::{RightsFault, UrlError};

/// Why a configuration is refused: where, and what is wrong.
///
/// It holds no secret: no URL, and no line that may hold a secret.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{file}:{}:{}: {problem}", place.line, place.column)]
pub struct ConfigError {
    /// The file as it was named.
    pub file: String,
    /// The place in it.
    pub place: Place,
    /// What is wrong.
    pub problem: Box<ConfigProblem>,
    /// The line with the place underlined. None where the line may hold a secret.
    pub excerpt: Option<String>,
}

impl ConfigError {
    /// What the operator can do, where the message does not say it already.
    pub fn help(&self) -> Option<&'static str> {
        self.problem.help()
    }

    /// The lines below the message: the excerpt and the help, each where there is one.
    pub fn below(&self) -> String {
        let help = self.help().map(|help| format!("= {help}"));
        let lines: Vec<String> = self.excerpt.iter().cloned().chain(help).collect();
        lines.join("\n")
    }
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ConfigProblem {
    /// The text is not TOML.
    #[error("{0}")]
    Syntax(String),
    /// A key that the section does not have.
    #[error("{section} has no {}{}", Shown { before: "key ", word: key, without: "such key" }, Nearest(nearest))]
    UnknownKey {
        /// The section, as written.
        section: &'static str,
        /// The key, if it may be shown.
        key: Option<String>,
        /// The key that was probably meant.
        nearest: Option<&'static str>,
    },
    /// A key of a later version.
    #[error("{0} is not available yet in this version")]
    NotYet(String),
    /// A required key is missing.
    #[error("{section} needs `{key}`")]
    Missing {
        /// The section, as written.
        section: &'static str,
        /// The key.
        key: &'static str,
    },
    /// A required section is missing.
    #[error("there is no {0}")]
    NoSection(&'static str),
    /// The value of a key has another type.
    #[error("`{key}` must be {expected}, not {found}")]
    Type {
        /// The key.
        key: String,
        /// What it must be, with its article.
        expected: &'static str,
        /// What it is, with its article.
        found: &'static str,
    },
    /// A word that the key does not take.
    #[error("`{key}` knows no {}{}", Shown { before: "", word: value, without: "such value" }, Nearest(nearest))]
    UnknownValue {
        /// The key.
        key: &'static str,
        /// The value, if it may be shown.
        value: Option<String>,
        /// The value that was probably meant, if any.
        nearest: Option<String>,
    },
    /// A number outside its bounds.
    #[error("`{key}` must be from {min} to {max}, not {actual}")]
    Bounds {
        /// The key.
        key: &'static str,
        /// The least.
        min: i64,
        /// The most.
        max: i64,
        /// What was written.
        actual: i64,
    },
    /// Argon2 needs 8 KiB for each lane.
    #[error(
        "`memory_kib` must be at least 8 times `parallelism`: {parallelism} lanes need {needed} KiB, not {actual}"
    )]
    LanesWithoutMemory {
        /// The lanes.
        parallelism: u32,
        /// What they need.
        needed: u64,
        /// What was written.
        actual: u32,
    },
    /// A key that belongs to the other algorithm.
    #[error("`{key}` is not a parameter of {algorithm}, which has {has}")]
    NotOfAlgorithm {
        /// The key.
        key: &'static str,
        /// The algorithm.
        algorithm: &'static str,
        /// Its parameters.
        has: &'static str,
    },
    /// The dialect has no form for the target's algorithm.
    #[error("the dialect {} has no spelling for {outer}: choose argon2id or bcrypt", .dialect.as_str())]
    NoSpelling {
        /// The dialect.
        dialect: Dialect,
        /// The algorithm.
        outer: &'static str,
    },
    /// A marker column together with a dialect that labels the values themselves.
    #[error("a `marker_column` stands beside native strings, which the dialect {} has none of: leave `dialect` out", .0.as_str())]
    MarkerInDialect(Dialect),
    /// Two credentials whose labels would overwrite each other.
    #[error(
        "the credentials {0:?} and {1:?} of one table have the same `marker_column` {2:?}: give each its own"
    )]
    SameMarker(String, String, String),
    /// A salt with a scheme that takes none. The digests are probably of another scheme.
    #[error(
        "`{key}` is set, and {scheme} takes no salt: wrapped as {scheme}, salted digests would lock everybody out"
    )]
    SaltUnused {
        /// The key.
        key: &'static str,
        /// The declared scheme.
        scheme: &'static str,
    },
    /// A column of another table is joined by a key of another length.
    #[error(
        "the `key` of `{key}` names {found} columns, and the credential's own key has {expected}: they are compared one by one"
    )]
    OtherKey {
        /// The key in the credential.
        key: &'static str,
        /// How many columns the credential's key has.
        expected: usize,
        /// How many were named.
        found: usize,
    },
    /// New hashes would be read as values of the declared scheme.
    #[error(
        "credential {credential:?} holds {scheme}, whose strings look like those of a bcrypt target: a user's new hash would be \
         read as one of the old ones, and lock the user out; choose another `algorithm` in [target]"
    )]
    HidesBehindTarget {
        /// The credential.
        credential: String,
        /// The declared scheme.
        scheme: &'static str,
    },
    /// A column that the declared scheme needs.
    #[error(
        "{scheme} takes {}, and `{key}` names no {} of it",
        taken(key),
        holder(key)
    )]
    Needs {
        /// The key.
        key: &'static str,
        /// The declared scheme.
        scheme: &'static str,
    },
    /// `salt = false` without a declared scheme.
    #[error(
        "`salt = false` says that the values of a salted scheme carry their salts themselves, and scheme = \"auto\" names none"
    )]
    SaltOfAuto,
    /// A separator without `salt = false`.
    #[error("`separator` stands between a digest and its own salt: it belongs to `salt = false`")]
    SeparatorAlone,
    /// A separator that is no single character.
    #[error("`separator` is one character, a blank or a punctuation mark")]
    Separator,
    /// `plaintext_is_certain` of a column that is not declared plaintext.
    #[error("`plaintext_is_certain` belongs to scheme = \"plaintext\"")]
    NotPlaintext,
    /// `last_login_null_is_never` without a column of last logins.
    #[error("`last_login_null_is_never` belongs beside `last_login`")]
    NullWithoutLastLogin,
    /// An expression that can't be read.
    #[error("`{key}`: {error}")]
    Expression {
        /// The key.
        key: &'static str,
        /// What is wrong with it.
        error: ExpressionError,
    },
    /// A value that must not be empty.
    #[error("`{0}` is empty")]
    EmptyValue(&'static str),
    /// A name that is too long or has characters that it may not have.
    #[error("`{key}` must be {expected}")]
    Name {
        /// The key.
        key: &'static str,
        /// What it must be.
        expected: &'static str,
    },
    /// The same name twice.
    #[error("the {what} {name:?} stands twice, first in line {first_line}")]
    Twice {
        /// What it is a name of.
        what: &'static str,
        /// The name.
        name: String,
        /// The line where it stands first.
        first_line: usize,
    },
    /// The column of the stored values has a second use.
    #[error("the column {column:?} is the credential's own column and can't be its `{key}` too")]
    OwnColumn {
        /// The column.
        column: String,
        /// The second use.
        key: &'static str,
    },
    /// A text that is no condition on one column.
    #[error("`accept` takes conditions such as \"hash_type = 3\", as `saltern scan` prints them")]
    Accept,
    /// A reset that would write a column by which rows are found or logged in to.
    #[error("`{key}` may not set {column:?}, which is the credential's `{what}`")]
    SetsOwn {
        /// The key of `on_reset`.
        key: &'static str,
        /// The column.
        column: String,
        /// What the credential has it for.
        what: &'static str,
    },
    /// A scheme for all rows beside one for each value of a column.
    #[error(
        "`scheme` is for all rows, and [credential.format] names one for each value of a column: leave one of them out"
    )]
    SchemeBesideFormat,
    /// A format column that the credential uses otherwise.
    #[error("{column:?} is the credential's `{what}` and can't say which scheme a row has too")]
    FormatColumn {
        /// The column.
        column: String,
        /// What the credential has it for.
        what: &'static str,
    },
    /// A reader of plaintext would go on taking the rows for its own.
    #[error(
        "{value:?} is {scheme}, and nothing is written into the column: a reader that still takes the row for {scheme} would accept the stored string for the password"
    )]
    FormatWithoutWrite {
        /// The listed value.
        value: String,
        /// Its scheme.
        scheme: &'static str,
    },
    /// A value that would be written beside what its readers don't expect.
    #[error(
        "`{key}` = {value:?} is listed as {scheme}: a reader of {scheme} would be given what it can't read"
    )]
    FormatWritesListed {
        /// The key of `write`.
        key: &'static str,
        /// The value.
        value: String,
        /// The scheme that it is listed with.
        scheme: &'static str,
    },
    /// A form of dead values that is not safe.
    #[error("`value` {0}")]
    DeadValue(DeadFormError),
    /// Statements that take keys, where the key has several columns.
    #[error("`sql` is given the keys of one column, and this credential's `key` has several")]
    KeysOfSeveralColumns,
    /// Two credentials with the same column of the same rows.
    #[error(
        "{column:?} of {table:?} is the credential {first:?} of line {first_line} already: `where` must tell their rows apart"
    )]
    SameColumn {
        /// The table.
        table: String,
        /// The column.
        column: String,
        /// The credential that has it.
        first: String,
        /// Its line.
        first_line: usize,
    },
    /// `[credential]`, which is one table where a list of tables is meant.
    #[error("{0} is a list: write it with two brackets")]
    OneTable(&'static str),
    /// None of the three ways to the database.
    #[error("[database] needs one of `url_env`, `url_file` and `url`")]
    NoDatabase,
    /// More than one way to the database.
    #[error("[database] takes one of `url_env`, `url_file` and `url`, not both `{0}` and `{1}`")]
    TwoDatabases(&'static str, &'static str),
    /// The URL can't be read.
    #[error("{0}")]
    Url(UrlError),
    /// A password in a file that others can read.
    #[error("`url` holds a password and the file {0}")]
    OpenFile(RightsFault),
    /// A password in a file whose mode is unknown.
    #[error("`url` holds a password and it is not known who may read the file")]
    NoMode,
    /// A text that is no age.
    #[error("`{key}` must be {}", crate::policy::Age::FORM)]
    Age {
        /// The key.
        key: &'static str,
    },
    /// A text that is no date.
    #[error("`{0}` must be a date such as \"2026-01-01\"")]
    Date(&'static str),
    /// A rule that can never match, because no column has the last login.
    #[error(
        "`last_login_before` can match no row: no credential of this rule names a column `last_login`"
    )]
    NoLastLogin,
    /// An action that can't be done to what the rule names.
    #[error("{0}")]
    Impossible(Impossible),
    /// A key that means something only beside another.
    #[error("`{key}` means nothing without {other}")]
    Alone {
        /// The key.
        key: &'static str,
        /// What it needs.
        other: &'static str,
    },
    /// A charset of no known name, or one that needs no key.
    #[error(
        "`charset` knows no {0:?}: it takes the name of a charset other than UTF-8 in which a password is bytes, \
         such as \"windows-1252\", \"iso-8859-15\", \"koi8-r\" or \"shift_jis\""
    )]
    Charset(String),
    /// An address that nothing can listen on.
    #[error("`listen` must be unix:PATH, or an address and a port such as 127.0.0.1:8025")]
    Listen,
    /// A TCP port without a token: everybody who reaches it could try passwords.
    #[error(
        "`listen` on a TCP port needs a `token_file`: anybody who reaches the port could try passwords"
    )]
    NoToken,
    /// A port that other machines reach, without encryption.
    #[error(
        "`listen` names an address other than this machine's loopback: it needs `tls_certificate` and `tls_key`, because passwords would go over the wire in the clear"
    )]
    NoTls,
    /// A name that is no credential's, or a credential without the column `login`.
    #[error("`{key}` = {name:?} is no credential that names a column `login`")]
    NoLoginColumn {
        /// The key.
        key: &'static str,
        /// The name.
        name: String,
    },
    /// A deadline on an action that is done at once.
    #[error("`do = \"{0}\"` takes no `deadline`: only on-login and wrap leave something for later")]
    NoDeadline(&'static str),
    /// A rule that resets, without its limit.
    #[error("a rule that resets needs `max_rows`: above it nothing is reset")]
    NoResetLimit,
    /// A soft reset where no column says who must change the password.
    #[error(
        "`soft` needs the column that says who must change the password, and credential {0:?} names none"
    )]
    SoftWithoutColumn(String),
    /// A rule that wraps, and whose deadline ends in a wrap.
    #[error("`then = \"wrap\"` on a rule that wraps says nothing: its rows are wrapped already")]
    WrapThenWrap,
}

impl ConfigProblem {
    fn help(&self) -> Option<&'static str> {
        Some(match self {
            Self::OpenFile(_) => {
                "make the file yours alone (chmod 600), or give the URL by `url_env` or `url_file`"
            }
            Self::Accept => {
                "also: column in (1, 2), column is null, column is not empty, column between 1 and 2, column >= 1, column <= 1"
            }
            Self::NoMode => "give the URL by `url_env` or `url_file`",
            Self::NoResetLimit => {
                "`saltern plan` counts them; a deadline ends in a reset unless then = \"wrap\""
            }
            Self::FormatWithoutWrite { .. } => {
                "for example write = { wrapped = \"40\", native = \"41\", dead = \"0\" }, values that the application gives to no scheme"
            }
            Self::FormatWritesListed { .. } => {
                "choose a value that the application gives to no scheme yet"
            }
            Self::NotYet(_) => "leave it out for now",
            Self::KeysOfSeveralColumns => {
                "name a unique key of one column, or have a trigger on what `set` changes do it"
            }
            Self::SoftWithoutColumn(_) => {
                "for example [credential.on_reset] with must_change = \"must_reset\"; the application must look at it at every login"
            }
            Self::NoToken => {
                "write one with `openssl rand -hex 32 > saltern.token; chmod 600 saltern.token`, or listen on a Unix socket"
            }
            Self::NoTls => "or listen on 127.0.0.1, [::1] or a Unix socket",
            Self::Needs { key: "salt", .. } => {
                "salt = false says that each value carries its own salt, behind a colon"
            }
            Self::OneTable(_) => "for example [[credential]]",
            Self::NoDatabase | Self::NoSection("[database]") => {
                "for example [database] with url_env = \"DATABASE_URL\""
            }
            Self::Missing { key: "scheme", .. } => {
                "scheme = \"auto\" has saltern look at the values themselves"
            }
            Self::Age { .. } => "h is hours, d days, w weeks, mo 30 days, y 365 days",
            _ => return None,
        })
    }
}

/// What a scheme takes from the column that a key names.
fn taken(key: &str) -> &'static str {
    match key {
        "salt" => "a salt",
        "salt2" => "a second salt",
        "site_salt_file" => "a site-wide salt",
        _ => "the user's name",
    }
}

/// Where the operator keeps it.
fn holder(key: &str) -> &'static str {
    match key {
        "site_salt_file" => "file",
        _ => "column",
    }
}

/// A word as it is repeated in a message, or its replacement where it may be a secret.
struct Shown<'a> {
    before: &'static str,
    word: &'a Option<String>,
    without: &'static str,
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.word {
            Some(word) => write!(f, "{}{word:?}", self.before),
            None => f.write_str(self.without),
        }
    }
}

/// The word that was probably meant.
struct Nearest<'a, T>(&'a Option<T>);

impl<T: fmt::Display> fmt::Display for Nearest<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(word) => write!(f, "; did you mean \"{word}\"?"),
            None => Ok(()),
        }
    }
}
