//! Why a command failed: the error, the exit code, and what the operator can do.
//!
//! The mapping from the errors of the lower rooms to exit codes is here. Nothing is printed here.

use std::fmt::Write as _;

use anyhow::anyhow;

use super::exit::Exit;
use crate::config::ConfigError;
use crate::engine::{EngineError, HasherError};
use crate::store::{ErrorClass, Quote, StoreError};

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
        StoreError::Silent { .. } => (Exit::Temporary, None),
        StoreError::Locked { .. } => (
            Exit::Temporary,
            Some("end what holds the row, or wait for its end; the same command goes on from the last commit".to_owned()),
        ),
        StoreError::WrongReadBack { .. } => (Exit::Unbalanced, None),
        StoreError::Ledger { .. } => (Exit::Unbalanced, Some(OTHER_LEDGER.to_owned())),
        StoreError::Unexpected { .. } => (Exit::Bug, None),
        StoreError::Url(_) => (Exit::Usage, Some("put the database's URL right".to_owned())),
        StoreError::Connect { to, class, .. } => of_connect(to, *class),
        StoreError::Db { class, quote, code, .. } => of_db(*class, *quote, code.as_deref()),
    }
}

/// A connection that could not be made.
fn of_connect(to: &str, class: ErrorClass) -> (Exit, Option<String>) {
    let usage = |advice: &str| (Exit::Usage, Some(advice.to_owned()));
    match class {
        ErrorClass::Busy | ErrorClass::Gone | ErrorClass::Full => (Exit::Temporary, None),
        ErrorClass::SetUp => (
            Exit::Refused,
            Some("look at what the server says: waiting doesn't mend it. Behind a pooler, give the server's own port, or allow the setting (PgBouncer: ignore_startup_parameters)".to_owned()),
        ),
        _ if to.starts_with("sqlite:") => usage(
            "look whether the path is right and the file may be read; a relative path counts from the current folder",
        ),
        _ => usage(
            "put the database's URL right: the address, the user, the password, the name of the database",
        ),
    }
}

/// What is said of a ledger that is not what saltern has written.
const OTHER_LEDGER: &str = "nothing more is written, and users' rows are as they are. Keep the ledger's tables as they are and find out who changed them: a hand, \
     a copy that was put back, a standby that was promoted without the last commits; `saltern doctor` says what does not agree. \
     `saltern run --execute --new-run` then closes this run and begins with the rows as they stand: each is written only while it holds what was read";

/// What is said of a ledger in which a table or a column is missing.
const NOT_WHOLE: &str = "the ledger is not whole: a table or column of it is not there. Look whether this is the right server (a standby may have been promoted \
     before it had the ledger) and whether somebody altered the tables; `saltern doctor` names what is missing, `saltern ledger sql` prints what must be there. \
     Users' rows are as they are and nothing more is written";

/// What is said of rights on the ledger that are lacking.
const NO_RIGHTS: &str = "grant what `saltern ledger sql` prints to the user that saltern logs in as (`saltern doctor` names what is lacking). Users' rows are as \
     they are and nothing more is written; the same command goes on from the last commit";

/// What is said of a ledger whose tables don't take what saltern writes.
const ALTERED: &str = "a table of the ledger is not as saltern made it: `saltern doctor` names what differs, `saltern ledger sql` prints what must be there. Users' \
     rows are as they are and nothing more is written; the same command goes on from the last commit";

/// What is said of an SQLite file that can't be written.
const NO_WRITING: &str = "SQLite can't write the file: look at the rights of the file and of its folder, where the journal is made, and whether the file was moved or \
     was written by a later version. Users' rows are as they are; the same command goes on from the last commit";

/// Whether a code is one of SQLite's PERM, READONLY and AUTH: the low byte of an extended code. No
/// code by which a server denies something is among them.
fn is_of_a_file(code: Option<&str>) -> bool {
    let code = code.and_then(|code| code.parse::<u32>().ok());
    code.is_some_and(|code| matches!(code & 0xff, 3 | 8 | 23))
}

/// Whether a code says that a line is there already.
fn is_doubled(code: Option<&str>) -> bool {
    // PostgreSQL's unique_violation, MySQL's ER_DUP_ENTRY, SQLite's PRIMARYKEY and UNIQUE.
    matches!(code, Some("23505" | "1062" | "1555" | "2067"))
}

/// A statement that failed.
fn of_db(class: ErrorClass, quote: Quote, code: Option<&str>) -> (Exit, Option<String>) {
    let of_ledger = quote == Quote::Ledger;
    // Only a statement over values has a name of the operator's, or a condition.
    let has_names = quote == Quote::CodeOnly;
    let because = |exit, advice: &str| (exit, Some(advice.to_owned()));
    match class {
        ErrorClass::Busy | ErrorClass::Gone | ErrorClass::Full => (Exit::Temporary, None),
        ErrorClass::Denied if of_ledger && !is_of_a_file(code) => because(Exit::Refused, NO_RIGHTS),
        ErrorClass::Denied if is_of_a_file(code) => because(Exit::Refused, NO_WRITING),
        ErrorClass::Denied => because(
            Exit::Refused,
            "grant what `saltern ledger sql` prints to the user that saltern logs in as",
        ),
        ErrorClass::Missing if of_ledger => because(Exit::Refused, NOT_WHOLE),
        // A line that must not be there, or there twice.
        ErrorClass::Row if of_ledger && is_doubled(code) => because(Exit::Unbalanced, OTHER_LEDGER),
        ErrorClass::Statement | ErrorClass::Row if of_ledger => because(Exit::Refused, ALTERED),
        ErrorClass::Missing => because(
            Exit::Usage,
            "put the names of tables and columns right, those in `where` and `except` too; they are exact, upper and lower case",
        ),
        ErrorClass::SetUp => because(
            Exit::Refused,
            "look up the code: waiting doesn't mend it (docs/server-errors.md)",
        ),
        // Of the operator's own, only `where` and `except` stand in statements over values. A row
        // ends a command only where it is read: by a cast, a division by zero or a subquery of two
        // rows in the condition. The values that a page writes never end here: their rows are
        // quarantined.
        ErrorClass::Statement | ErrorClass::Row if has_names => because(
            Exit::Usage,
            "put the SQL in the credential's `where` and `except` right; if it has none, please report this",
        ),
        ErrorClass::Statement | ErrorClass::Row | ErrorClass::Unknown => (Exit::Bug, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn db(class: ErrorClass, code: &str) -> StoreError {
        StoreError::Db {
            op: "reading".into(),
            class,
            quote: Quote::CodeOnly,
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
        check(db(ErrorClass::Full, "53100"), 5);
        check(
            StoreError::Connect {
                to: "x".to_owned(),
                reason: "y".to_owned(),
                class: ErrorClass::Gone,
            },
            5,
        );
    }

    #[test]
    fn a_condition_that_fails_on_a_value_is_the_configurations_fault() {
        for code in ["22P02", "21000", "P0001", "1690", "1242", "18"] {
            check(db(ErrorClass::Row, code), 2);
        }
    }

    #[test]
    fn a_url_or_a_name_that_is_wrong_is_2() {
        check(
            StoreError::Connect {
                to: "x".to_owned(),
                reason: "y".to_owned(),
                class: ErrorClass::Denied,
            },
            2,
        );
        check(db(ErrorClass::Missing, "42P01"), 2);
        check(db(ErrorClass::Statement, "1064"), 2);
        check(db(ErrorClass::Unknown, "XX000"), 1);
    }

    #[test]
    fn a_table_of_the_ledger_that_is_missing_is_4_and_no_fault_of_the_configuration() {
        let missing = StoreError::Db {
            op: "reading the run".into(),
            class: ErrorClass::Missing,
            quote: Quote::Ledger,
            code: Some("42P01".to_owned()),
            detail: None,
        };
        let failure = Failure::from(missing);
        assert_eq!(failure.exit.code(), 4);
        assert!(!failure.what_to_do().contains("except"));
    }

    #[test]
    fn what_is_wrong_with_the_ledger_is_4_or_6_and_never_the_configurations_fault() {
        for (class, code, exit) in [
            (ErrorClass::Denied, "42501", 4),
            (ErrorClass::Missing, "1146", 4),
            (ErrorClass::Statement, "42804", 4),
            (ErrorClass::Row, "1406", 4),
            (ErrorClass::Row, "23502", 4),
            (ErrorClass::Row, "23505", 6),
            (ErrorClass::Row, "1062", 6),
            (ErrorClass::Row, "1555", 6),
        ] {
            let failure = Failure::from(StoreError::Db {
                op: "moving the cursor".into(),
                class,
                quote: Quote::Ledger,
                code: Some(code.to_owned()),
                detail: None,
            });
            assert_eq!(failure.exit.code(), exit, "{code}");
            let advice = failure.what_to_do();
            assert!(!advice.contains("except"), "{advice}");
            assert!(advice.contains("rows are as they are"), "{advice}");
        }
        let behind = StoreError::ledger("reading the chunk", "it is behind");
        assert_eq!(Failure::from(behind).exit.code(), 6);
    }

    #[test]
    fn a_file_that_cant_be_written_is_no_lack_of_a_grant() {
        for (code, is_file) in [
            ("8", true),
            ("776", true),
            ("42501", false),
            ("1142", false),
        ] {
            let failure = Failure::from(db(ErrorClass::Denied, code));
            assert_eq!(failure.exit.code(), 4);
            assert_eq!(!failure.what_to_do().contains("grant"), is_file, "{code}");
        }
    }

    #[test]
    fn what_waiting_does_not_mend_is_4() {
        check(db(ErrorClass::SetUp, "42P05"), 4);
        check(
            StoreError::Connect {
                to: "x".to_owned(),
                reason: "y".to_owned(),
                class: ErrorClass::SetUp,
            },
            4,
        );
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
