//! Why a command failed: the error, the exit code, and what the operator can do.
//!
//! The mapping from the errors of the lower rooms to exit codes is here. Nothing is printed here.

use std::fmt::Write as _;

use anyhow::anyhow;

use super::exit::Exit;
use crate::config::ConfigError;
use crate::engine::{EngineError, HasherError};
use crate::store::{ErrorClass, StoreError};

/// A command that could not go on.
#[derive(Debug)]
pub struct Failure {
    /// What the process exits with.
    pub exit: Exit,
    /// What happened, with its causes.
    pub error: anyhow::Error,
    /// What the operator can do. Without it the advice of the exit code is shown.
    pub what_to_do: Option<String>,
}

impl Failure {
    /// The command line or the configuration is wrong.
    pub fn usage(error: String, what_to_do: String) -> Self {
        Self {
            exit: Exit::Usage,
            error: anyhow!(error),
            what_to_do: Some(what_to_do),
        }
    }

    /// Refused before anything was written.
    pub fn refused(error: String, what_to_do: String) -> Self {
        Self {
            exit: Exit::Refused,
            error: anyhow!(error),
            what_to_do: Some(what_to_do),
        }
    }

    /// A fault of saltern itself.
    pub fn bug(error: impl Into<anyhow::Error>) -> Self {
        Self {
            exit: Exit::Bug,
            error: error.into(),
            what_to_do: None,
        }
    }

    /// The error and its causes in one line.
    pub fn chain(&self) -> String {
        let mut out = String::new();
        for (at, cause) in self.error.chain().enumerate() {
            // Writing to a string cannot fail.
            let _ = write!(out, "{}{cause}", if at == 0 { "" } else { ": " });
        }
        out
    }

    /// What the operator can do.
    pub fn what_to_do(&self) -> &str {
        self.what_to_do
            .as_deref()
            .unwrap_or(self.exit.facts().what_to_do)
    }

    /// The lines for people.
    pub fn text(&self) -> String {
        format!(
            "saltern: {}\nwhat to do: {}\n",
            self.chain(),
            self.what_to_do()
        )
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let (exit, what_to_do) = of_store(&error);
        Self {
            exit,
            error: error.into(),
            what_to_do,
        }
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        let what_to_do = error.help().map(str::to_owned);
        let shown = match &error.excerpt {
            Some(excerpt) => anyhow!("{error}\n{excerpt}"),
            None => anyhow!("{error}"),
        };
        Self {
            exit: Exit::Usage,
            error: shown,
            what_to_do,
        }
    }
}

impl From<EngineError> for Failure {
    fn from(error: EngineError) -> Self {
        let hint = error.hint().map(str::to_owned);
        let (exit, what_to_do) = match &error {
            EngineError::Store(store) => of_store(store),
            EngineError::Hasher(HasherError::Gone) => (Exit::Bug, None),
            EngineError::Hasher(_) => (
                Exit::Refused,
                Some("give the process more memory or fewer --threads".to_owned()),
            ),
            EngineError::Kernel(_) => (
                Exit::Usage,
                Some("put the parameters in [target] right".to_owned()),
            ),
            EngineError::Memory(_) => (
                Exit::Refused,
                Some("give the process more memory, or lower memory_kib in [target]".to_owned()),
            ),
            EngineError::Configuration { .. } | EngineError::List(_) => (Exit::Usage, hint),
            EngineError::Refused { .. } => (Exit::Refused, hint),
            EngineError::Output(_) => (
                Exit::Temporary,
                Some(
                    "look at the error; the same command goes on from where this one ended"
                        .to_owned(),
                ),
            ),
            EngineError::Held { .. } => (Exit::Held, None),
            EngineError::Open { .. } | EngineError::Canary { .. } => (Exit::Unbalanced, None),
        };
        Self {
            exit,
            error: error.into(),
            what_to_do,
        }
    }
}

fn of_store(error: &StoreError) -> (Exit, Option<String>) {
    match error {
        StoreError::Refused { hint, .. } => (Exit::Refused, Some(hint.clone())),
        StoreError::OnReset { .. } => (
            Exit::Usage,
            Some(
                "look up the code and put right what it says, in the database or in the statement; what was reset before stays reset, and the same command goes on (a changed statement is another plan: --new-run)"
                    .to_owned(),
            ),
        ),
        StoreError::WrongReadBack { .. } => (Exit::Unbalanced, None),
        StoreError::Unexpected { .. } => (Exit::Bug, None),
        StoreError::Url(_) => (Exit::Usage, Some("put the database's URL right".to_owned())),
        StoreError::Connect { to, transient: false, .. } if to.starts_with("sqlite:") => (
            Exit::Usage,
            Some("look whether the path is right and the file may be read; a relative path counts from the current folder".to_owned()),
        ),
        StoreError::Connect { transient: false, .. } => {
            (Exit::Usage, Some("put the database's URL right: the address, the user, the password, the name of the database".to_owned()))
        }
        StoreError::Connect { .. } => (Exit::Temporary, None),
        StoreError::Db { class, code, .. } => match class {
            ErrorClass::Busy | ErrorClass::Gone => (Exit::Temporary, None),
            ErrorClass::Denied => {
                (Exit::Refused, Some("grant what `saltern ledger sql` prints to the user that saltern logs in as".to_owned()))
            }
            ErrorClass::Missing => (Exit::Usage, Some("put the names of tables and columns right, those in `where` and `except` too; they are exact, upper and lower case".to_owned())),
            ErrorClass::Other if is_syntax(code.as_deref()) => {
                (Exit::Usage, Some("put the SQL in the credential's `where` and `except` right".to_owned()))
            }
            // Class 22 of SQLSTATE is a data exception: a cast or a division by zero in the
            // condition. The values that a page writes never end here: their rows are quarantined.
            ErrorClass::Row if code.as_deref().is_some_and(|code| code.starts_with("22")) => {
                (Exit::Usage, Some("put the SQL in the credential's `where` and `except` right".to_owned()))
            }
            ErrorClass::Row | ErrorClass::Other => (Exit::Bug, None),
        },
    }
}

/// Whether the server could not parse a statement. Only `where` and `except` in our statements are
/// written by the operator.
///
/// 42 is the class of SQLSTATE for it. MySQL has 1064 for syntax, 1305 and 1630 for a function that
/// does not exist. SQLite has 1.
fn is_syntax(code: Option<&str>) -> bool {
    code.is_some_and(|code| {
        ["1064", "1305", "1630", "1"].contains(&code) || (code.len() == 5 && code.starts_with("42"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn db(class: ErrorClass, code: &str) -> StoreError {
        StoreError::Db {
            op: "reading".into(),
            class,
            code: Some(code.to_owned()),
            detail: None,
        }
    }

    fn check(error: StoreError, code: u8) {
        let shown = error.to_string();
        assert_eq!(Failure::from(error).exit.code(), code, "{shown}");
    }

    #[test]
    fn a_refusal_is_4_and_says_what_to_do() {
        let failure = Failure::from(StoreError::Refused {
            what: "a view".to_owned(),
            hint: "name the table".to_owned(),
        });
        assert_eq!(failure.exit.code(), 4);
        assert_eq!(
            failure.text(),
            "saltern: a view\nwhat to do: name the table\n"
        );
    }

    #[test]
    fn a_database_that_is_gone_or_busy_is_5() {
        check(db(ErrorClass::Gone, "57P01"), 5);
        check(db(ErrorClass::Busy, "40001"), 5);
        check(
            StoreError::Connect {
                to: "x".to_owned(),
                reason: "y".to_owned(),
                transient: true,
            },
            5,
        );
    }

    #[test]
    fn a_condition_that_fails_on_a_value_is_the_configurations_fault() {
        check(db(ErrorClass::Row, "22P02"), 2);
    }

    #[test]
    fn a_url_or_a_name_that_is_wrong_is_2() {
        check(
            StoreError::Connect {
                to: "x".to_owned(),
                reason: "y".to_owned(),
                transient: false,
            },
            2,
        );
        check(db(ErrorClass::Missing, "42P01"), 2);
        check(db(ErrorClass::Other, "1064"), 2);
    }

    #[test]
    fn a_row_that_reads_back_wrong_is_6() {
        check(
            StoreError::WrongReadBack {
                credential: "x".to_owned(),
                rows: 1,
            },
            6,
        );
    }

    #[test]
    fn where_no_hint_is_known_the_exit_codes_page_has_one() {
        let failure = Failure::from(db(ErrorClass::Gone, "57P01"));
        assert_eq!(failure.what_to_do(), Exit::Temporary.facts().what_to_do);
    }
}
