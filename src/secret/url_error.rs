//! Why a text is no database URL, and the spelling to write.

use thiserror::Error;

/// Why a text is no database URL. No variant holds a part of the text, because any part may be the
/// password.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum UrlError {
    /// The text does not begin with `scheme:`.
    #[error("a database URL starts with postgres://, mysql://, mariadb:// or sqlite:")]
    NoScheme,
    /// The scheme is none of the databases that are supported.
    #[error(
        "the database URL's scheme names no database that saltern knows; it starts with postgres://, mysql://, mariadb:// or sqlite:"
    )]
    UnknownScheme,
    /// The port is no number. Often the cause is a password with a bare `/`, `?` or `#`.
    #[error(
        "the database URL's host and port can't be read; /, ?, # and @ in a user name or password must be percent-encoded"
    )]
    BadAuthority,
    /// Several hosts, of which one writes.
    #[error(
        "the database URL names several hosts; name the one that writes: postgres://USER@HOST:PORT/DATABASE"
    )]
    SeveralHosts,
    /// A control character or a space.
    #[error("the database URL holds a space or a control character")]
    BadCharacter,
    /// The spelling of PDO, DBI, or Go's driver.
    #[error(
        "this is a data source name, not a URL; write postgres://USER:PASSWORD@HOST:PORT/DATABASE or mysql://USER:PASSWORD@HOST:PORT/DATABASE"
    )]
    DataSourceName,
    /// A line of a shell or an `.env` file.
    #[error("the database URL stands behind a name and =; write the URL alone: postgres://…")]
    Assignment,
    /// Elixir's scheme, which names no database.
    #[error(
        "ecto:// does not say which database it is; write postgres:// or mysql:// in its place"
    )]
    Ecto,
    /// MySQL's X protocol.
    #[error(
        "mysqlx:// is MySQL's X protocol, which saltern does not speak; write mysql:// and the port of the classic protocol (3306)"
    )]
    MySqlX,
    /// An encrypted file.
    #[error("an encrypted SQLite file can't be read; sqlite: takes a plain one")]
    Encrypted,
    /// A parameter about TLS that the driver would skip.
    #[error(
        "the database URL has a parameter about TLS that saltern does not know; write ssl-mode=DISABLED, PREFERRED, REQUIRED, VERIFY_CA or \
         VERIFY_IDENTITY, and ssl-ca, ssl-cert, ssl-key"
    )]
    UnknownTls,
    /// A password without a user.
    #[error(
        "the database URL has a password and no user; write mysql://USER:PASSWORD@HOST/DATABASE"
    )]
    PasswordApart,
}
