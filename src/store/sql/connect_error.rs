//! What it means that a connection could not be opened, and the words for it.

use super::error::{Quote, StoreError, message_of};
use super::error_class::ErrorClass;
use super::kind::Kind;

/// What it means that a connection failed.
pub(super) fn connect_class(error: &sqlx::Error) -> ErrorClass {
    if is_configuration(error) || is_unknown_host(error) {
        return ErrorClass::Missing;
    }
    match StoreError::from_sqlx("connecting", error, Quote::CodeOnly).class() {
        // What stands before the server refuses a setting that the driver sends with the login.
        ErrorClass::Gone if message_of(error).contains("startup parameter") => ErrorClass::SetUp,
        class => class,
    }
}

/// What no waiting mends: a URL that is none, an SQLite file that is not there.
fn is_configuration(error: &sqlx::Error) -> bool {
    matches!(error, sqlx::Error::Configuration(_))
        || is_missing_file(error)
        || matches!(error, sqlx::Error::Io(e) if e.kind() == std::io::ErrorKind::InvalidInput)
}

/// A host's name that nobody knows. The words are the standard library's; a server of names that
/// can't be asked says "temporary failure" (glibc) or "try again" (musl).
fn is_unknown_host(error: &sqlx::Error) -> bool {
    let sqlx::Error::Io(error) = error else {
        return false;
    };
    let words = error.to_string().to_lowercase();
    words.starts_with("failed to lookup address")
        && !words.contains("temporary failure")
        && !words.contains("try again")
}

/// SQLite's CANTOPEN.
fn is_missing_file(error: &sqlx::Error) -> bool {
    #[cfg(feature = "sqlite")]
    if let sqlx::Error::Database(db) = error {
        return db.try_downcast_ref::<sqlx::sqlite::SqliteError>().is_some()
            && db.code().as_deref() == Some("14");
    }
    let _ = error;
    false
}

/// Why a connection failed, in words without secrets.
///
/// A driver's configuration error may quote the URL.
pub(super) fn connect_reason(kind: Kind, error: &sqlx::Error) -> String {
    match error {
        sqlx::Error::Configuration(_) => "the URL is not well formed".to_owned(),
        sqlx::Error::Io(e) => e.to_string(),
        sqlx::Error::Database(db) if kind == Kind::Sqlite && db.code().as_deref() == Some("14") => {
            "the file is not there or can't be opened (sqlite:///x is /x, sqlite:x is x in this folder)".to_owned()
        }
        sqlx::Error::Protocol(text) if kind == Kind::MySql && text.contains("RSA") => {
            "the account uses caching_sha2_password, which needs TLS (add ?ssl-mode=REQUIRED), on a socket too".to_owned()
        }
        other => message_of(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_nobody_knows_ends_at_once_and_a_server_of_names_that_is_away_is_waited_for() {
        for (words, class) in [
            ("Name or service not known", ErrorClass::Missing),
            ("Temporary failure in name resolution", ErrorClass::Gone),
            ("Try again", ErrorClass::Gone),
        ] {
            let error =
                std::io::Error::other(format!("failed to lookup address information: {words}"));
            assert_eq!(connect_class(&sqlx::Error::Io(error)), class, "{words}");
        }
    }
}
