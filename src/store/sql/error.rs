//! What can go wrong with a database, sorted by what the caller does about it.
//!
//! A server's message may quote a value of the row at hand. So the text of an error is kept only
//! where the statement could not have carried a value ([`Quote::Message`]). Elsewhere the code and
//! the constraint's name must do.

use std::borrow::Cow;

/// Whether the server's own words may be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quote {
    /// The statement touches only our own tables and the catalogue.
    Message,
    /// The statement touches stored values: the code alone is shown.
    CodeOnly,
}

/// What a failure means for the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorClass {
    /// A lock wait, a deadlock or a serialisation failure: roll back and try again.
    Busy,
    /// The connection is lost or the server is going down: reconnect.
    Gone,
    /// This row can't be written as asked (a check, a trigger, a length): leave it out.
    Row,
    /// The user lacks a privilege.
    Denied,
    /// A table or column is not there.
    Missing,
    /// Anything else.
    Other,
}

/// A failed operation on a database.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The server could not be reached or refused the login.
    #[error("cannot connect to {to}: {reason}")]
    Connect {
        /// The URL without its secrets.
        to: String,
        /// Why, without secrets.
        reason: String,
        /// Whether trying again may help.
        transient: bool,
    },
    /// The URL is of no kind that this build knows.
    #[error("{0}")]
    Url(String),
    /// A statement failed.
    #[error("{op} failed{}{}", code.as_ref().map(|c| format!(" with code {c}")).unwrap_or_default(), detail.as_ref().map(|d| format!(": {d}")).unwrap_or_default())]
    Db {
        /// What was being done.
        op: Cow<'static, str>,
        /// What it means.
        class: ErrorClass,
        /// SQLSTATE, or SQLite's result code.
        code: Option<String>,
        /// The server's words, where they can't hold a value.
        detail: Option<String>,
    },
    /// The database answered something that can't be.
    #[error("{op}: {what}")]
    Unexpected {
        /// What was being done.
        op: Cow<'static, str>,
        /// What was wrong with the answer.
        what: String,
    },
    /// What was written is not what stands in the row now: a trigger, a lossy conversion, a cut.
    #[error(
        "{rows} of a page of credential {credential} read back other than they were written; the page was rolled back"
    )]
    WrongReadBack {
        /// The credential's name.
        credential: String,
        /// How many rows.
        rows: u64,
    },
    /// A statement of the operator's failed in the middle of a page.
    #[error(
        "statement {number} of `on_reset.sql` of credential {credential} failed for the users of a page; the page was rolled back"
    )]
    OnReset {
        /// The credential's name.
        credential: String,
        /// Which statement, from 1.
        number: usize,
        /// The code, without the server's words.
        #[source]
        error: Box<StoreError>,
    },
    /// The database is not fit for what was asked of it.
    #[error("{what}")]
    Refused {
        /// What is wrong.
        what: String,
        /// What the operator can do about it.
        hint: String,
    },
}

impl StoreError {
    /// What this failure means.
    pub fn class(&self) -> ErrorClass {
        match self {
            Self::Connect {
                transient: true, ..
            } => ErrorClass::Gone,
            Self::Db { class, .. } => *class,
            _ => ErrorClass::Other,
        }
    }

    /// True where trying again may help.
    pub fn is_transient(&self) -> bool {
        matches!(self.class(), ErrorClass::Busy | ErrorClass::Gone)
    }

    /// A COMMIT to which a test lets no answer come.
    pub(crate) fn answer_lost() -> Self {
        Self::Db {
            op: "committing".into(),
            class: ErrorClass::Gone,
            code: None,
            detail: None,
        }
    }

    /// An answer that can't be.
    pub(crate) fn unexpected(op: impl Into<Cow<'static, str>>, what: impl Into<String>) -> Self {
        Self::Unexpected {
            op: op.into(),
            what: what.into(),
        }
    }

    /// A refusal, with what to do.
    pub(crate) fn refused(what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Refused {
            what: what.into(),
            hint: hint.into(),
        }
    }

    /// Sorts an error of the driver.
    pub(crate) fn from_sqlx(
        op: impl Into<Cow<'static, str>>,
        error: &sqlx::Error,
        quote: Quote,
    ) -> Self {
        let (class, code) = sort(error);
        let detail = match quote {
            Quote::Message => Some(message_of(error)),
            Quote::CodeOnly => match error {
                sqlx::Error::Database(db) => db.constraint().map(|c| format!("constraint {c}")),
                sqlx::Error::Io(e) => Some(e.kind().to_string()),
                _ => None,
            },
        };
        Self::Db {
            op: op.into(),
            class,
            code,
            detail,
        }
    }
}

/// The driver's message, without the words that the driver wraps round it.
pub(crate) fn message_of(error: &sqlx::Error) -> String {
    match error {
        sqlx::Error::Database(db) => db.message().to_owned(),
        other => other.to_string(),
    }
}

fn sort(error: &sqlx::Error) -> (ErrorClass, Option<String>) {
    match error {
        sqlx::Error::Database(db) => {
            #[cfg(feature = "mysql")]
            if let Some(my) = db.try_downcast_ref::<sqlx::mysql::MySqlDatabaseError>() {
                let state = db.code().unwrap_or_default();
                return (
                    mysql_class(my.number(), &state),
                    Some(my.number().to_string()),
                );
            }
            #[cfg(feature = "sqlite")]
            if db.try_downcast_ref::<sqlx::sqlite::SqliteError>().is_some() {
                let code = db.code().map(Cow::into_owned).unwrap_or_default();
                return (sqlite_class(&code, db.message()), Some(code));
            }
            let code = db.code().map(Cow::into_owned).unwrap_or_default();
            (postgres_class(&code), Some(code))
        }
        sqlx::Error::Io(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => (ErrorClass::Gone, None),
        sqlx::Error::Tls(_) => (ErrorClass::Gone, None),
        // A broken conversation (an unexpected packet after a kill) is no longer usable either.
        sqlx::Error::Protocol(_) => (ErrorClass::Gone, None),
        _ => (ErrorClass::Other, None),
    }
}

/// PostgreSQL's Appendix A, "PostgreSQL Error Codes".
fn postgres_class(code: &str) -> ErrorClass {
    match code {
        "40001" | "40P01" | "55P03" => ErrorClass::Busy,
        // 25006: a server that became a standby, as in a failover.
        "57P01" | "57P02" | "57P03" | "53300" | "57014" | "25006" => ErrorClass::Gone,
        "42501" => ErrorClass::Denied,
        "42P01" | "42703" | "3F000" | "3D000" => ErrorClass::Missing,
        // A RAISE in a trigger is P0001; 22… are data exceptions, 23… integrity violations.
        "P0001" => ErrorClass::Row,
        c if c.starts_with("08") => ErrorClass::Gone,
        c if c.starts_with("22") || c.starts_with("23") || c.starts_with("44") => ErrorClass::Row,
        _ => ErrorClass::Other,
    }
}

/// MySQL's "Server Error Message Reference"; MariaDB shares these numbers.
#[cfg(feature = "mysql")]
fn mysql_class(number: u16, state: &str) -> ErrorClass {
    match number {
        1205 | 1213 | 3572 => ErrorClass::Busy,
        1040
        | 1053
        | 1077
        | 1079
        | 1152
        | 1158..=1161
        | 1184
        | 1203
        | 1927
        | 2006
        | 2013
        | 4031
        | 1317
        | 3024
        | 1290
        | 1836 => ErrorClass::Gone,
        1044 | 1045 | 1142 | 1143 | 1227 | 1370 => ErrorClass::Denied,
        1146 | 1054 | 1049 => ErrorClass::Missing,
        // Too long, incorrect value, out of range, constraint (4025 MariaDB, 3819 MySQL), SIGNAL,
        // duplicate, NULL.
        1406 | 1366 | 1265 | 1264 | 1292 | 1644 | 4025 | 3819 | 1062 | 1048 | 1451 | 1452
        | 1690 => ErrorClass::Row,
        // A trigger's SIGNAL may carry any number: these are the classes of data exceptions,
        // integrity violations and the application's own states.
        _ if ["22", "23", "44", "45"]
            .iter()
            .any(|class| state.starts_with(class)) =>
        {
            ErrorClass::Row
        }
        _ => ErrorClass::Other,
    }
}

/// SQLite's result codes; the primary code is the low byte of an extended one.
#[cfg(feature = "sqlite")]
fn sqlite_class(code: &str, message: &str) -> ErrorClass {
    match code.parse::<u32>().map(|c| c & 0xff) {
        Ok(5 | 6) => ErrorClass::Busy,
        Ok(19) => ErrorClass::Row,
        Ok(8) => ErrorClass::Denied,
        Ok(1) if message.starts_with("no such table") || message.starts_with("no such column") => {
            ErrorClass::Missing
        }
        Ok(10 | 13 | 14) => ErrorClass::Gone,
        _ => ErrorClass::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lock_waits_and_deadlocks_are_busy_on_every_server() {
        for code in ["40001", "40P01", "55P03"] {
            assert_eq!(postgres_class(code), ErrorClass::Busy);
        }
        #[cfg(feature = "mysql")]
        for number in [1205, 1213] {
            assert_eq!(mysql_class(number, "40001"), ErrorClass::Busy);
        }
        #[cfg(feature = "sqlite")]
        for code in ["5", "517", "6"] {
            assert_eq!(sqlite_class(code, ""), ErrorClass::Busy);
        }
    }

    #[test]
    fn an_error_of_a_statement_on_user_rows_shows_no_message() {
        let error = StoreError::from_sqlx(
            "writing a page",
            &sqlx::Error::Protocol("5f4dcc3b5aa765d61d8327deb882cf99".into()),
            Quote::CodeOnly,
        );
        assert!(!format!("{error} {error:?}").contains("5f4dcc"));
    }
}
