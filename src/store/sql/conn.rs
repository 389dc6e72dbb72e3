//! One connection to one of the three databases, and the few calls that the rest of the store is written in.
//!
//! Statements are written once with `?` for a parameter; PostgreSQL gets `$1…`. Everything dynamic in a statement comes
//! from quoted identifiers, constants and the operator's own conditions; values are always bound. This module knows no
//! table of ours and no rule.

use std::borrow::Cow;
use std::time::Duration;

use futures_util::TryStreamExt as _;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _};

use super::arg::Arg;
use super::error::{Quote, StoreError, Trouble, message_of};
use super::kind::{Kind, Role};
use super::row::RowRef;
use super::text::{OPERATORS_QUESTION_MARK, Stretch, now_ms, stretches};
use crate::secret::DatabaseUrl;

enum Inner {
    #[cfg(feature = "postgres")]
    Pg(sqlx::PgConnection),
    #[cfg(feature = "mysql")]
    My(sqlx::MySqlConnection),
    #[cfg(feature = "sqlite")]
    Lite(sqlx::SqliteConnection),
}

macro_rules! on_conn {
    ($self:expr, $conn:ident => $body:expr) => {
        match $self {
            #[cfg(feature = "postgres")]
            Inner::Pg($conn) => $body,
            #[cfg(feature = "mysql")]
            Inner::My($conn) => $body,
            #[cfg(feature = "sqlite")]
            Inner::Lite($conn) => $body,
        }
    };
}

/// Whether a prepared statement is kept for the next time.
///
/// SQLite's EXPLAIN is not: run once more after the schema has changed it reads what the change has freed, because alone of all statements it
/// doesn't look whether it is still good.
fn is_kept(sql: &str) -> bool {
    !sql.starts_with("EXPLAIN")
}

/// One connection.
pub struct Conn {
    inner: Inner,
    kind: Kind,
    role: Role,
    in_transaction: bool,
}

impl std::fmt::Debug for Conn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Conn")
            .field("kind", &self.kind)
            .field("role", &self.role)
            .finish_non_exhaustive()
    }
}

impl Conn {
    /// Connects.
    ///
    /// # Errors
    /// [`StoreError::Connect`] with the redacted URL; transient where the server may come back.
    pub async fn open(url: &DatabaseUrl, role: Role) -> Result<Self, StoreError> {
        let kind = Kind::of(url)?;
        let refused = |e: &sqlx::Error| StoreError::Connect {
            to: url.redacted(),
            reason: connect_reason(kind, e),
            transient: matches!(
                StoreError::from_sqlx("connecting", e, Quote::CodeOnly).trouble(),
                Trouble::Gone | Trouble::Busy
            ) && !is_configuration(e),
        };
        let inner = match kind {
            Kind::Postgres => Self::open_postgres(url).await,
            Kind::MySql => Self::open_mysql(url).await,
            Kind::Sqlite => Self::open_sqlite(url, role).await,
        }
        .map_err(|e| refused(&e))?;
        Ok(Self {
            inner,
            kind,
            role,
            in_transaction: false,
        })
    }

    #[cfg(feature = "postgres")]
    async fn open_postgres(url: &DatabaseUrl) -> Result<Inner, sqlx::Error> {
        let options: sqlx::postgres::PgConnectOptions = url.expose().parse()?;
        Ok(Inner::Pg(
            options
                .application_name("saltern")
                .disable_statement_logging()
                .connect()
                .await?,
        ))
    }

    #[cfg(feature = "mysql")]
    async fn open_mysql(url: &DatabaseUrl) -> Result<Inner, sqlx::Error> {
        let options: sqlx::mysql::MySqlConnectOptions = url.expose().parse()?;
        let mut connection = options.disable_statement_logging().connect().await?;
        // For single statements on the ledger; whoever begins a transaction sets it again.
        sqlx::raw_sql("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED")
            .execute(&mut connection)
            .await?;
        Ok(Inner::My(connection))
    }

    #[cfg(feature = "sqlite")]
    async fn open_sqlite(url: &DatabaseUrl, role: Role) -> Result<Inner, sqlx::Error> {
        let options: sqlx::sqlite::SqliteConnectOptions = url.expose().parse()?;
        let options = options
            .create_if_missing(false)
            .foreign_keys(false)
            .busy_timeout(Duration::from_secs(5))
            .disable_statement_logging();
        let options = match role {
            Role::Read => options.read_only(true).pragma("query_only", "ON"),
            Role::Write => options.pragma("secure_delete", "ON"),
        };
        Ok(Inner::Lite(options.connect().await?))
    }

    #[cfg(not(feature = "postgres"))]
    async fn open_postgres(_: &DatabaseUrl) -> Result<Inner, sqlx::Error> {
        Err(sqlx::Error::Protocol("not built in".into()))
    }

    #[cfg(not(feature = "mysql"))]
    async fn open_mysql(_: &DatabaseUrl) -> Result<Inner, sqlx::Error> {
        Err(sqlx::Error::Protocol("not built in".into()))
    }

    #[cfg(not(feature = "sqlite"))]
    async fn open_sqlite(_: &DatabaseUrl, _: Role) -> Result<Inner, sqlx::Error> {
        Err(sqlx::Error::Protocol("not built in".into()))
    }

    /// Which database this is.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Runs a statement and returns how many rows it matched.
    pub(crate) async fn run(
        &mut self,
        op: &'static str,
        quote: Quote,
        sql: &str,
        args: Vec<Arg>,
    ) -> Result<u64, StoreError> {
        let sql = placeholders(self.kind, sql).into_owned();
        let failed = |e: sqlx::Error| StoreError::from_sqlx(op, &e, quote);
        match &mut self.inner {
            #[cfg(feature = "postgres")]
            Inner::Pg(c) => {
                let q = args
                    .into_iter()
                    .fold(sqlx::query(AssertSqlSafe(sql)), bind_postgres);
                q.execute(c)
                    .await
                    .map(|r| r.rows_affected())
                    .map_err(failed)
            }
            #[cfg(feature = "mysql")]
            Inner::My(c) => {
                let q = args
                    .into_iter()
                    .fold(sqlx::query(AssertSqlSafe(sql)), bind_mysql);
                q.execute(c)
                    .await
                    .map(|r| r.rows_affected())
                    .map_err(failed)
            }
            #[cfg(feature = "sqlite")]
            Inner::Lite(c) => {
                let keep = is_kept(&sql);
                let q = args
                    .into_iter()
                    .fold(sqlx::query(AssertSqlSafe(sql)), bind_sqlite)
                    .persistent(keep);
                q.execute(c)
                    .await
                    .map(|r| r.rows_affected())
                    .map_err(failed)
            }
        }
    }

    /// Streams the rows of a query through `each`; it returns false to stop early.
    pub(crate) async fn each_row(
        &mut self,
        op: &'static str,
        quote: Quote,
        sql: &str,
        args: Vec<Arg>,
        each: &mut (dyn FnMut(RowRef<'_>) -> Result<bool, StoreError> + Send),
    ) -> Result<(), StoreError> {
        let sql = placeholders(self.kind, sql).into_owned();
        let failed = |e: sqlx::Error| StoreError::from_sqlx(op, &e, quote);
        macro_rules! drain {
            ($conn:expr, $bind:ident, $variant:ident) => {{
                let keep = is_kept(&sql);
                let q = args
                    .into_iter()
                    .fold(sqlx::query(AssertSqlSafe(sql)), $bind)
                    .persistent(keep);
                let mut rows = q.fetch($conn);
                while let Some(row) = rows.try_next().await.map_err(failed)? {
                    if !each(RowRef::$variant(&row))? {
                        break;
                    }
                }
                Ok(())
            }};
        }
        match &mut self.inner {
            #[cfg(feature = "postgres")]
            Inner::Pg(c) => drain!(c, bind_postgres, Pg),
            #[cfg(feature = "mysql")]
            Inner::My(c) => drain!(c, bind_mysql, My),
            #[cfg(feature = "sqlite")]
            Inner::Lite(c) => drain!(c, bind_sqlite, Lite),
        }
    }

    /// The rows of a query, each made into a `T`.
    pub(crate) async fn rows<T: Send>(
        &mut self,
        op: &'static str,
        quote: Quote,
        sql: &str,
        args: Vec<Arg>,
        mut make: impl FnMut(RowRef<'_>) -> Result<T, StoreError> + Send,
    ) -> Result<Vec<T>, StoreError> {
        let mut out = Vec::new();
        self.each_row(op, quote, sql, args, &mut |row| {
            out.push(make(row)?);
            Ok(true)
        })
        .await?;
        Ok(out)
    }

    /// Runs SQL without parameters, several statements if need be.
    pub(crate) async fn script(
        &mut self,
        op: &'static str,
        quote: Quote,
        sql: &str,
    ) -> Result<(), StoreError> {
        let sql = AssertSqlSafe(sql.to_owned());
        on_conn!(&mut self.inner, c => sqlx::raw_sql(sql).execute(c).await.map(|_| ()))
            .map_err(|e| StoreError::from_sqlx(op, &e, quote))
    }

    /// Starts a transaction with the settings of SPEC 8: READ COMMITTED, a lock wait of one second, and on a reading
    /// connection no right to write.
    pub(crate) async fn begin(&mut self) -> Result<(), StoreError> {
        let sql = match (self.kind, self.role) {
            (Kind::Postgres, Role::Read) => {
                "BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY; SET LOCAL lock_timeout = '1s'; SET LOCAL row_security = off; \
                 SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0"
            }
            (Kind::Postgres, Role::Write) => {
                // A deferred check fails at its row's statement, where the row can be found, not at COMMIT.
                "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SET LOCAL lock_timeout = '1s'; SET LOCAL row_security = off; \
                 SET LOCAL statement_timeout = 0; SET LOCAL synchronous_commit = on; SET CONSTRAINTS ALL IMMEDIATE"
            }
            // Without NO_ZERO_DATE, which would refuse a zero date that `preserve` writes back.
            (Kind::MySql, Role::Read) => {
                "SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION', SESSION innodb_lock_wait_timeout = 1; \
                 SET TRANSACTION ISOLATION LEVEL READ COMMITTED; START TRANSACTION READ ONLY"
            }
            (Kind::MySql, Role::Write) => {
                "SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION', SESSION innodb_lock_wait_timeout = 1; \
                 SET TRANSACTION ISOLATION LEVEL READ COMMITTED; START TRANSACTION READ WRITE"
            }
            (Kind::Sqlite, Role::Read) => "BEGIN",
            (Kind::Sqlite, Role::Write) => "BEGIN IMMEDIATE",
        };
        if self.in_transaction {
            self.rollback().await?;
        }
        self.in_transaction = true;
        let statements: Vec<&str> = sql.split("; ").collect();
        for statement in statements {
            if let Err(e) = self
                .script("starting a transaction", Quote::Message, statement)
                .await
            {
                // It may have begun before one of its settings was refused.
                self.rollback().await.ok();
                return Err(e);
            }
        }
        Ok(())
    }

    /// Commits. An error here leaves open whether the server committed.
    pub(crate) async fn commit(&mut self) -> Result<(), StoreError> {
        let answer = self.script("committing", Quote::CodeOnly, "COMMIT").await;
        // SQLite keeps a transaction open whose COMMIT found the file busy.
        self.in_transaction = answer.is_err() && self.kind == Kind::Sqlite;
        answer
    }

    /// Rolls back whatever is open.
    pub(crate) async fn rollback(&mut self) -> Result<(), StoreError> {
        if !std::mem::take(&mut self.in_transaction) {
            return Ok(());
        }
        match self
            .script("rolling back", Quote::CodeOnly, "ROLLBACK")
            .await
        {
            // SQLite has rolled back by itself after some errors (a full disk); then there is nothing to do.
            Err(_) if self.kind == Kind::Sqlite => Ok(()),
            other => other,
        }
    }

    /// Says goodbye to the server.
    pub async fn close(self) {
        // The work is committed by now; a server that is gone need not be told.
        drop(on_conn!(self.inner, c => c.close().await));
    }

    /// The driver's connection, for sqlx's own migrator.
    pub(crate) async fn migrate(
        &mut self,
        migrator: &sqlx::migrate::Migrator,
    ) -> Result<(), sqlx::migrate::MigrateError> {
        on_conn!(&mut self.inner, c => migrator.run_direct(None, c, false).await)
    }
}

/// The database's clock, in milliseconds since 1970.
///
/// # Errors
/// Whatever the database says.
pub async fn now_ms_of(conn: &mut Conn) -> Result<i64, StoreError> {
    let sql = format!("SELECT {}", now_ms(conn.kind()));
    let rows = conn
        .rows("reading the clock", Quote::Message, &sql, vec![], |r| {
            r.number(0)
        })
        .await?;
    rows.first()
        .copied()
        .ok_or_else(|| StoreError::unexpected("reading the clock", "no answer"))
}

/// What no waiting mends: a URL that is none, an SQLite file that is not there.
fn is_configuration(error: &sqlx::Error) -> bool {
    matches!(error, sqlx::Error::Configuration(_))
        || is_missing_file(error)
        || matches!(error, sqlx::Error::Io(e) if e.kind() == std::io::ErrorKind::InvalidInput)
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

/// Why a connection failed, in words without secrets: a driver's configuration error may quote the URL.
fn connect_reason(kind: Kind, error: &sqlx::Error) -> String {
    match error {
        sqlx::Error::Configuration(_) => "the URL is not well formed".to_owned(),
        sqlx::Error::Io(e) => e.to_string(),
        sqlx::Error::Database(db) if kind == Kind::Sqlite && db.code().as_deref() == Some("14") => {
            "the file is not there or can't be opened".to_owned()
        }
        sqlx::Error::Protocol(text) if kind == Kind::MySql && text.contains("RSA") => {
            "the account uses caching_sha2_password, which needs TLS (add ?ssl-mode=REQUIRED), on a socket too".to_owned()
        }
        other => message_of(other),
    }
}

/// Rewrites `?` to `$1…` for PostgreSQL. A `?` inside quotes or a comment is left alone, and one of the operator's own comes back.
fn placeholders(kind: Kind, sql: &str) -> Cow<'_, str> {
    if kind != Kind::Postgres || !sql.contains(['?', OPERATORS_QUESTION_MARK]) {
        return Cow::Borrowed(sql);
    }
    let cut = stretches(kind, sql).unwrap_or_else(|| vec![(0..sql.len(), Stretch::Code)]);
    let mut out = String::with_capacity(sql.len() + 16);
    let mut n = 0;
    for (range, stretch) in cut {
        for c in sql[range].chars() {
            match c {
                '?' if stretch == Stretch::Code => {
                    n += 1;
                    out.push('$');
                    out.push_str(&n.to_string());
                }
                OPERATORS_QUESTION_MARK => out.push('?'),
                c => out.push(c),
            }
        }
    }
    Cow::Owned(out)
}

#[cfg(feature = "postgres")]
type PgQuery = sqlx::query::Query<'static, sqlx::Postgres, sqlx::postgres::PgArguments>;

#[cfg(feature = "postgres")]
fn bind_postgres(q: PgQuery, arg: Arg) -> PgQuery {
    match arg {
        Arg::Int(n) => q.bind(n),
        Arg::Uint(n) => q.bind(n.cast_signed()),
        Arg::Text(s) => q.bind(s),
        Arg::Bytes(b) => q.bind(b),
        Arg::Null => q.bind(None::<String>),
        Arg::Ints(v) => q.bind(v),
        Arg::Texts(v) => q.bind(v),
        Arg::Blobs(v) => q.bind(v),
    }
}

#[cfg(feature = "mysql")]
type MyQuery = sqlx::query::Query<'static, sqlx::MySql, sqlx::mysql::MySqlArguments>;

#[cfg(feature = "mysql")]
fn bind_mysql(q: MyQuery, arg: Arg) -> MyQuery {
    match arg {
        Arg::Int(n) => q.bind(n),
        Arg::Uint(n) => q.bind(n),
        Arg::Text(s) => q.bind(s),
        Arg::Bytes(b) => q.bind(b),
        Arg::Null => q.bind(None::<String>),
        #[cfg(feature = "postgres")]
        Arg::Ints(_) | Arg::Texts(_) | Arg::Blobs(_) => {
            unreachable!("arrays are bound on PostgreSQL alone")
        }
    }
}

#[cfg(feature = "sqlite")]
type LiteQuery = sqlx::query::Query<'static, sqlx::Sqlite, sqlx::sqlite::SqliteArguments>;

#[cfg(feature = "sqlite")]
fn bind_sqlite(q: LiteQuery, arg: Arg) -> LiteQuery {
    match arg {
        Arg::Int(n) => q.bind(n),
        Arg::Uint(n) => q.bind(n.cast_signed()),
        Arg::Text(s) => q.bind(s),
        Arg::Bytes(b) => q.bind(b),
        Arg::Null => q.bind(None::<String>),
        #[cfg(feature = "postgres")]
        Arg::Ints(_) | Arg::Texts(_) | Arg::Blobs(_) => {
            unreachable!("arrays are bound on PostgreSQL alone")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn question_marks_become_numbers_on_postgresql_except_in_quotes() {
        assert_eq!(
            placeholders(Kind::Postgres, "a = ? AND b = '?' AND \"c?\" = ?"),
            "a = $1 AND b = '?' AND \"c?\" = $2"
        );
        assert_eq!(
            placeholders(
                Kind::Postgres,
                "DELETE /* the user's? */ WHERE id = ? -- it's\n AND a = ?"
            ),
            "DELETE /* the user's? */ WHERE id = $1 -- it's\n AND a = $2"
        );
        assert_eq!(placeholders(Kind::MySql, "a = ?"), "a = ?");
    }

    #[test]
    fn a_bound_value_does_not_show_in_debug() {
        assert_eq!(format!("{:?}", Arg::Text("5f4dcc3b".into())), "Arg(..)");
    }
}
