//! What can go wrong with a database, sorted by what the caller does about it.
//!
//! A server's message may quote a value of the row at hand. So the text of an error is kept only
//! where the statement could not have carried a value ([`Quote::Message`]). Elsewhere the code and
//! the constraint's name must do.

use std::borrow::Cow;
use std::time::Instant;

use super::error_class::ErrorClass;
#[cfg(feature = "mysql")]
use super::server_errors::mysql_class;
use super::server_errors::postgres_class;
#[cfg(feature = "sqlite")]
use super::server_errors::sqlite_class;

/// Whether the server's own words may be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quote {
    /// The statement touches no more than the catalogue.
    Message,
    /// The statement touches the ledger's tables alone.
    Ledger,
    /// The statement touches stored values: the code alone is shown.
    CodeOnly,
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
        /// What it means.
        class: ErrorClass,
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
        /// What the statement touched.
        quote: Quote,
        /// SQLSTATE, or SQLite's result code.
        code: Option<String>,
        /// The server's words, where they can't hold a value.
        detail: Option<String>,
    },
    /// No answer came, and the server is not at work on one.
    #[error("{op} failed: no answer came, and {why}")]
    Silent {
        /// What was being done.
        op: Cow<'static, str>,
        /// Why none will come.
        why: &'static str,
        /// Since when it was waited for.
        since: Instant,
    },
    /// The database answered something that can't be.
    #[error("{op}: {what}")]
    Unexpected {
        /// What was being done.
        op: Cow<'static, str>,
        /// What was wrong with the answer.
        what: String,
    },
    /// The ledger does not say what saltern has written there.
    #[error("{op}: {what}")]
    Ledger {
        /// What was being done.
        op: Cow<'static, str>,
        /// What is wrong with it.
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
    /// A row stayed locked for longer than a lock is waited for.
    #[error("{rows} of credential {credential} stayed locked for {seconds} s")]
    Locked {
        /// The credential's name.
        credential: String,
        /// Which row, or among which: "the row with the key 7".
        rows: String,
        /// For how long.
        seconds: u64,
        /// What the last try came to; it names the holder where the server does.
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
            Self::Connect { class, .. } | Self::Db { class, .. } => *class,
            Self::Locked { .. } => ErrorClass::Busy,
            Self::Silent { .. } => ErrorClass::Gone,
            _ => ErrorClass::SetUp,
        }
    }

    /// The error and its causes in one line.
    pub(crate) fn with_sources(&self) -> String {
        let mut line = self.to_string();
        let mut source = std::error::Error::source(self);
        while let Some(cause) = source {
            line.push_str(": ");
            line.push_str(&cause.to_string());
            source = cause.source();
        }
        line
    }

    /// Adds who holds the lock, where the error is that a lock was not to be had.
    pub(super) fn held_by(mut self, holder: &str) -> Self {
        if let Self::Db {
            class: ErrorClass::Busy,
            detail,
            ..
        } = &mut self
        {
            *detail = Some(match detail.take() {
                Some(words) => format!("{words}; {holder}"),
                None => holder.to_owned(),
            });
        }
        self
    }

    /// True where trying again may help.
    pub fn is_transient(&self) -> bool {
        matches!(
            self.class(),
            ErrorClass::Busy | ErrorClass::Gone | ErrorClass::Full
        )
    }

    /// True where a text has a character that the database's encoding doesn't have.
    pub(crate) fn is_unheld_text(&self) -> bool {
        // PostgreSQL's untranslatable_character and character_not_in_repertoire.
        matches!(self, Self::Db { code: Some(code), .. } if code == "22P05" || code == "22021")
    }

    /// True where MySQL or MariaDB takes no writes, because it is read-only.
    pub(crate) fn is_of_replica(&self) -> bool {
        matches!(self, Self::Db { code: Some(code), .. } if code == "1290" || code == "1836")
    }

    /// A connection that is known to be lost.
    pub(super) fn lost(op: &'static str) -> Self {
        Self::Db {
            op: op.into(),
            class: ErrorClass::Gone,
            quote: Quote::CodeOnly,
            code: None,
            detail: Some("the connection is lost".to_owned()),
        }
    }

    /// This error of a server that was reached before: a name that nobody knows any more may be
    /// known again.
    pub(crate) fn of_known_server(mut self) -> Self {
        if let Self::Connect {
            class: class @ ErrorClass::Missing,
            to,
            ..
        } = &mut self
            && !to.starts_with("sqlite:")
        {
            *class = ErrorClass::Gone;
        }
        self
    }

    /// A lock that somebody else has for the moment.
    pub(crate) fn held(op: &'static str, holder: &str) -> Self {
        Self::Db {
            op: op.into(),
            class: ErrorClass::Busy,
            quote: Quote::Ledger,
            code: None,
            detail: Some(format!("{holder} has it")),
        }
    }

    /// A COMMIT to which a test lets no answer come.
    pub(crate) fn answer_lost() -> Self {
        Self::Db {
            op: "committing".into(),
            class: ErrorClass::Gone,
            quote: Quote::CodeOnly,
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

    /// A ledger that somebody else has written to, or that is of another moment.
    pub(crate) fn ledger(op: impl Into<Cow<'static, str>>, what: impl Into<String>) -> Self {
        Self::Ledger {
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
            Quote::Message | Quote::Ledger => Some(message_of(error)),
            Quote::CodeOnly => match error {
                sqlx::Error::Database(db) => db.constraint().map(|c| format!("constraint {c}")),
                sqlx::Error::Io(e) => Some(e.kind().to_string()),
                _ => None,
            },
        };
        Self::Db {
            op: op.into(),
            class,
            quote,
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
        _ => (ErrorClass::Unknown, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
