//! One connection to one of the databases, and the few calls that the store is written in.
//!
//! This module knows no table of ours and no rule.

use std::borrow::Cow;
#[cfg(feature = "sqlite")]
use std::time::Duration;
use std::time::Instant;

use futures_util::{FutureExt as _, TryStreamExt as _};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _};

#[cfg(feature = "mysql")]
use super::bind::bind_mysql;
#[cfg(feature = "postgres")]
use super::bind::bind_postgres;
#[cfg(feature = "sqlite")]
use super::bind::bind_sqlite;
use super::connect_error::{connect_class, connect_reason};
use super::error::{Quote, StoreError};
use super::error_class::ErrorClass;
use super::kind::{Kind, Role};
use super::limits::{self, Backoff};
#[cfg(feature = "mysql")]
use super::mysql;
use super::placeholders::placeholders;
use super::query::Query;
use super::row::RowRef;
use super::session_name::SessionName;
use super::silence::Probe;
use super::waits::{DatabaseWait, OpenWait, TOLD_AFTER};
use super::words::SqlWords;
use crate::secret::DatabaseUrl;

/// Whether a prepared statement is kept for the next time.
///
/// SQLite's EXPLAIN is not. Run once more after the schema has changed, it reads what the change
/// has freed: alone of all statements it doesn't look whether it is still good.
///
/// PostgreSQL keeps none. Behind a pooler the next statement may reach another session, which does
/// not know the name or knows another statement by it.
fn is_kept(kind: Kind, sql: &str) -> bool {
    kind != Kind::Postgres && !sql.starts_with("EXPLAIN")
}

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

/// What tells one server of MySQL or MariaDB from another.
const MYSQL_SERVER: &str = "CAST(CONCAT(@@hostname, ' ', @@port, ' ', @@server_id) AS CHAR(200))";

/// How far the transaction of a statement reaches.
#[derive(Clone, Copy)]
enum Span {
    /// Beyond it, or there is none: the caller's.
    Open,
    /// It was begun for the statement, and ends with it.
    Alone,
}

/// One connection.
pub struct Conn {
    inner: Inner,
    kind: Kind,
    role: Role,
    in_transaction: bool,
    /// Whether a statement has shown that nothing comes through any more.
    is_lost: bool,
    /// Since when nothing has come, where that is why it is lost.
    silent_since: Option<Instant>,
    probe: Probe,
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
    /// Connects. A server that is gone is waited for.
    ///
    /// # Errors
    /// [`StoreError::Connect`] with the redacted URL: at once where waiting doesn't mend it, and
    /// else after a minute.
    pub async fn open(url: &DatabaseUrl, role: Role) -> Result<Self, StoreError> {
        let mut backoff = Backoff::new();
        loop {
            match Self::try_open(url, role).await {
                Err(e) if backoff.allows(&e) => backoff.wait().await,
                other => return other,
            }
        }
    }

    /// Connects to a server that this process has reached before: a name that nobody knows any more
    /// is waited for too.
    ///
    /// # Errors
    /// The last failure, after a minute.
    pub(crate) async fn open_again(url: &DatabaseUrl, role: Role) -> Result<Self, StoreError> {
        Self::open_lost(url, role, None).await
    }

    /// The same for a connection that is lost since then: its minute has begun.
    pub(super) async fn open_lost(
        url: &DatabaseUrl,
        role: Role,
        since: Option<Instant>,
    ) -> Result<Self, StoreError> {
        let mut backoff = Backoff::of_loss(since);
        loop {
            match Self::try_open(url, role).await {
                Ok(conn) => return Ok(conn),
                Err(e) => {
                    let e = e.of_known_server();
                    if !backoff.allows(&e) {
                        return Err(e);
                    }
                    backoff.wait().await;
                }
            }
        }
    }

    /// Connects, and tries no second time.
    ///
    /// # Errors
    /// As [`Self::open`]; transient where the server may come back.
    pub async fn try_open(url: &DatabaseUrl, role: Role) -> Result<Self, StoreError> {
        let kind = Kind::of(url)?;
        let failed = |reason, class| StoreError::Connect {
            to: url.redacted(),
            reason,
            class,
        };
        let opening = async {
            match kind {
                Kind::Postgres => Self::open_postgres(url).await,
                Kind::MySql => Self::open_mysql(url, role).await,
                Kind::Sqlite => Self::open_sqlite(url, role).await,
            }
        };
        let opened = tokio::time::timeout(limits::connect(), told(opening)).await;
        let (inner, session) = match opened {
            Ok(Ok(opened)) => opened,
            Ok(Err(e)) => return Err(failed(connect_reason(kind, &e), connect_class(&e))),
            Err(_) => {
                let seconds = limits::connect().as_secs();
                let reason = format!("no answer within {seconds} s");
                return Err(failed(reason, ErrorClass::Gone));
            }
        };
        Ok(Self {
            inner,
            kind,
            role,
            in_transaction: false,
            is_lost: false,
            silent_since: None,
            probe: Probe::new(url.clone(), kind, session),
        })
    }

    #[cfg(feature = "postgres")]
    async fn open_postgres(url: &DatabaseUrl) -> Result<(Inner, SessionName), sqlx::Error> {
        let options: sqlx::postgres::PgConnectOptions = url.expose().parse()?;
        // A pooler may leave a session the name of its last client. So the name that is only ours
        // stands no longer than a transaction.
        let name = format!("saltern {}", uuid::Uuid::new_v4().simple());
        // Poolers refuse `extra_float_digits`. Who reads numbers as text sets it in a transaction.
        let options = options
            .application_name("saltern")
            .extra_float_digits(None)
            .disable_statement_logging();
        let inner = Inner::Pg(options.connect().await?);
        Ok((inner, SessionName::Application(name)))
    }

    #[cfg(feature = "mysql")]
    async fn open_mysql(
        url: &DatabaseUrl,
        role: Role,
    ) -> Result<(Inner, SessionName), sqlx::Error> {
        let options: sqlx::mysql::MySqlConnectOptions = url.expose().parse()?;
        let mut connection = options.disable_statement_logging().connect().await?;
        // For single statements; whoever begins a transaction sets them again.
        for statement in mysql::SESSION {
            sqlx::raw_sql(*statement).execute(&mut connection).await?;
        }
        if role == Role::Write {
            // MySQL ends no transaction that is idle, only a session. Who is idle for so long with
            // nothing in hand connects again.
            let seconds = limits::patience().as_secs().max(1);
            let sql = format!("SET SESSION wait_timeout = {seconds}");
            sqlx::raw_sql(AssertSqlSafe(sql))
                .execute(&mut connection)
                .await?;
        }
        let sql = format!("SELECT CONNECTION_ID(), {MYSQL_SERVER}");
        let session = sqlx::query_as(AssertSqlSafe(sql));
        let (id, server) = session.fetch_one(&mut connection).await?;
        let session = SessionName::Connection {
            id,
            server,
            opened: Instant::now(),
        };
        Ok((Inner::My(connection), session))
    }

    #[cfg(feature = "sqlite")]
    async fn open_sqlite(
        url: &DatabaseUrl,
        role: Role,
    ) -> Result<(Inner, SessionName), sqlx::Error> {
        let options: sqlx::sqlite::SqliteConnectOptions = url.expose().parse()?;
        let options = options
            .create_if_missing(false)
            .foreign_keys(false)
            .busy_timeout(Duration::from_secs(5))
            .disable_statement_logging();
        let options = match role {
            Role::Read => {
                undo_unfinished(&options).await?;
                options.read_only(true).pragma("query_only", "ON")
            }
            Role::Write => options.pragma("secure_delete", "ON"),
        };
        Ok((Inner::Lite(options.connect().await?), SessionName::None))
    }

    #[cfg(not(feature = "postgres"))]
    async fn open_postgres(_: &DatabaseUrl) -> Result<(Inner, SessionName), sqlx::Error> {
        Err(sqlx::Error::Protocol("not built in".into()))
    }

    #[cfg(not(feature = "mysql"))]
    async fn open_mysql(_: &DatabaseUrl, _: Role) -> Result<(Inner, SessionName), sqlx::Error> {
        Err(sqlx::Error::Protocol("not built in".into()))
    }

    #[cfg(not(feature = "sqlite"))]
    async fn open_sqlite(_: &DatabaseUrl, _: Role) -> Result<(Inner, SessionName), sqlx::Error> {
        Err(sqlx::Error::Protocol("not built in".into()))
    }

    /// Which database this is.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The words of this database.
    pub(crate) fn words(&self) -> &'static SqlWords {
        self.kind.words()
    }

    /// Runs a statement and returns how many rows it matched.
    pub(crate) async fn run(&mut self, query: Query<'_>) -> Result<u64, StoreError> {
        let span = self.begin_alone().await?;
        let matched = self.send(query).await;
        self.end_alone(span, matched).await
    }

    /// Begins a transaction for a single statement, where none is open and the database needs one:
    /// a pooler would send its two messages to two sessions.
    async fn begin_alone(&mut self) -> Result<Span, StoreError> {
        let words = self.kind.words().begin_alone;
        let Some(words) = words.filter(|_| !self.in_transaction) else {
            return Ok(Span::Open);
        };
        self.in_transaction = true;
        let begun = self
            .script("starting a transaction", Quote::Message, &self.named(words))
            .await;
        match begun {
            Ok(()) => Ok(Span::Alone),
            failed => self.undone(failed.map(|()| Span::Alone)).await,
        }
    }

    /// What begins a transaction, with the name by which PostgreSQL knows it until it ends.
    fn named(&self, begin: &'static str) -> Cow<'static, str> {
        match self.probe.session() {
            SessionName::Application(name) => {
                format!("{begin}; SET LOCAL application_name = '{name}'").into()
            }
            _ => begin.into(),
        }
    }

    async fn end_alone<T>(
        &mut self,
        span: Span,
        outcome: Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        match (span, outcome) {
            (Span::Open, outcome) => outcome,
            (Span::Alone, Ok(outcome)) => self.commit().await.map(|()| outcome),
            (Span::Alone, failed) => self.undone(failed).await,
        }
    }

    async fn send(&mut self, query: Query<'_>) -> Result<u64, StoreError> {
        self.check_lost(query.op)?;
        let sent = self.send_query(query).await;
        self.heard(sent)
    }

    /// Takes note of what an answer says about the connection.
    fn heard<T>(&mut self, answer: Result<T, StoreError>) -> Result<T, StoreError> {
        answer.map_err(|error| {
            self.is_lost |= error.class() == ErrorClass::Gone;
            if let StoreError::Silent { since, .. } = error {
                self.silent_since = Some(since);
            }
            self.probe.with_holder(error)
        })
    }

    /// Nothing more is sent over a connection that is lost: it would be waited for once more.
    fn check_lost(&self, op: &'static str) -> Result<(), StoreError> {
        if self.is_lost && self.kind != Kind::Sqlite {
            return Err(StoreError::lost(op));
        }
        Ok(())
    }

    async fn send_query(&mut self, query: Query<'_>) -> Result<u64, StoreError> {
        let Query { op, quote, .. } = query;
        let sql = placeholders(self.kind, query.sql).into_owned();
        let failed = |e: sqlx::Error| StoreError::from_sqlx(op, &e, quote);
        let probe = &self.probe;
        macro_rules! execute {
            ($conn:expr, $bind:ident) => {{
                let keep = is_kept(self.kind, &sql);
                let q = query
                    .args
                    .into_iter()
                    .fold(sqlx::query(AssertSqlSafe(sql)), $bind)
                    .persistent(keep);
                let done = probe.watched(op, q.execute($conn)).await?.map_err(failed)?;
                Ok(done.rows_affected())
            }};
        }
        match &mut self.inner {
            #[cfg(feature = "postgres")]
            Inner::Pg(c) => execute!(c, bind_postgres),
            #[cfg(feature = "mysql")]
            Inner::My(c) => execute!(c, bind_mysql),
            #[cfg(feature = "sqlite")]
            Inner::Lite(c) => execute!(c, bind_sqlite),
        }
    }

    /// Streams the rows of a query through `each`; it returns false to stop early.
    pub(crate) async fn each_row(
        &mut self,
        query: Query<'_>,
        each: &mut (dyn FnMut(RowRef<'_>) -> Result<bool, StoreError> + Send),
    ) -> Result<(), StoreError> {
        let span = self.begin_alone().await?;
        let read = match self.check_lost(query.op) {
            Ok(()) => self.stream(query, each).await,
            lost => lost,
        };
        let read = self.heard(read);
        self.end_alone(span, read).await
    }

    async fn stream(
        &mut self,
        query: Query<'_>,
        each: &mut (dyn FnMut(RowRef<'_>) -> Result<bool, StoreError> + Send),
    ) -> Result<(), StoreError> {
        let Query { op, quote, .. } = query;
        let sql = placeholders(self.kind, query.sql).into_owned();
        let failed = |e: sqlx::Error| StoreError::from_sqlx(op, &e, quote);
        let probe = &self.probe;
        macro_rules! drain {
            ($conn:expr, $bind:ident, $variant:ident) => {{
                let keep = is_kept(self.kind, &sql);
                let q = query
                    .args
                    .into_iter()
                    .fold(sqlx::query(AssertSqlSafe(sql)), $bind)
                    .persistent(keep);
                let mut rows = q.fetch($conn);
                loop {
                    // Most rows are there already, and no clock need be set for them.
                    let next = match rows.try_next().now_or_never() {
                        Some(next) => next,
                        None => probe.watched(op, rows.try_next()).await?,
                    };
                    let Some(row) = next.map_err(failed)? else {
                        break;
                    };
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
        query: Query<'_>,
        mut make: impl FnMut(RowRef<'_>) -> Result<T, StoreError> + Send,
    ) -> Result<Vec<T>, StoreError> {
        let mut out = Vec::new();
        self.each_row(query, &mut |row| {
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
        self.check_lost(op)?;
        let sql = AssertSqlSafe(sql.to_owned());
        let probe = &self.probe;
        let done = on_conn!(&mut self.inner, c => {
            let done = probe.watched(op, sqlx::raw_sql(sql).execute(c)).await;
            done.map(|done| done.map(drop))
        });
        let done = done.and_then(|done| done.map_err(|e| StoreError::from_sqlx(op, &e, quote)));
        self.heard(done)
    }

    /// Starts a transaction.
    ///
    /// It is READ COMMITTED and waits for a lock for one second. On a reading connection it has no
    /// right to write.
    pub(crate) async fn begin(&mut self) -> Result<(), StoreError> {
        let words = self.kind.words();
        let statements = match self.role {
            Role::Read => words.begin_reading,
            Role::Write => words.begin_writing,
        };
        if self.in_transaction {
            self.rollback().await?;
        }
        self.in_transaction = true;
        for statement in statements {
            let statement = self.named(statement);
            if let Err(e) = self
                .script("starting a transaction", Quote::Message, &statement)
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
        self.in_transaction = answer.is_err() && self.kind.words().ends_transactions_itself;
        answer
    }

    /// Rolls back a transaction that only read, or that failed. The first error is the one that
    /// tells what happened.
    pub(crate) async fn undone<T>(
        &mut self,
        outcome: Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let rolled_back = self.rollback().await;
        let outcome = outcome?;
        rolled_back.map(|()| outcome)
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
            // After some errors (a full disk) the database has rolled back by itself.
            Err(_) if self.kind.words().ends_transactions_itself => Ok(()),
            other => other,
        }
    }

    /// Since when nothing has come over it, where that is why it is lost.
    pub(super) fn silent_since(&self) -> Option<Instant> {
        self.silent_since
    }

    /// By what the server knows a connection that is thrown away.
    pub(super) fn into_session(self) -> SessionName {
        self.probe.into_session()
    }

    /// Ends a session of ours that is lost on this side. Until the server notices by itself, which
    /// may take hours, it holds its locks.
    pub(super) async fn end_session(&mut self, lost: &SessionName) -> Result<(), StoreError> {
        let op = "ending a lost session";
        match lost {
            SessionName::None => Ok(()),
            SessionName::Application(name) => {
                let sql = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                           WHERE application_name = ? AND pid <> pg_backend_pid()";
                let query = Query::ours(op, sql, vec![name.as_str().into()]);
                self.run(query).await.map(|_| ())
            }
            SessionName::Connection { id, server, opened } => {
                // After a restart, or on another server, another session has the number.
                let sql = "SHOW GLOBAL STATUS LIKE 'Uptime'";
                let uptime = self
                    .rows(Query::ours(op, sql, vec![]), |row| {
                        Ok(row.text(1)?.and_then(|text| text.parse::<u64>().ok()))
                    })
                    .await?;
                let uptime = uptime.into_iter().flatten().next().unwrap_or_default();
                let is_same = uptime > opened.elapsed().as_secs() + 1;
                let sql = format!(
                    "SELECT COUNT(*) FROM information_schema.processlist WHERE id = {id} \
                     AND user = SUBSTRING_INDEX(USER(), '@', 1) AND db <=> DATABASE() \
                     AND {MYSQL_SERVER} = ?"
                );
                let args = vec![server.as_str().into()];
                let found = self.rows(Query::ours(op, &sql, args), |row| row.number(0));
                if is_same && found.await?.first() == Some(&1) {
                    self.script(op, Quote::Message, &format!("KILL {id}"))
                        .await?;
                }
                Ok(())
            }
        }
    }

    /// Says goodbye to the server.
    pub async fn close(self) {
        if self.is_lost {
            return;
        }
        // The work is committed by now; a server that is gone need not be told.
        let goodbye = async { drop(on_conn!(self.inner, c => c.close().await)) };
        tokio::time::timeout(limits::connect(), goodbye).await.ok();
    }

    /// The driver's connection, for sqlx's own migrator.
    pub(crate) async fn migrate(
        &mut self,
        migrator: &sqlx::migrate::Migrator,
    ) -> Result<(), sqlx::migrate::MigrateError> {
        let probe = &self.probe;
        let op = "migrating the ledger";
        on_conn!(&mut self.inner, c => {
            match probe.watched(op, migrator.run_direct(None, c, false)).await {
                Ok(migrated) => migrated,
                Err(gone) => Err(sqlx::Error::Protocol(gone.to_string()).into()),
            }
        })
    }
}

/// Has SQLite undo what a process that was killed has left in the middle of a transaction.
///
/// Every connection does that with its first read, but for one that may only read: it fails with
/// SQLITE_READONLY_ROLLBACK. Where the file can't be written that error stays, and the next
/// statement tells it.
#[cfg(feature = "sqlite")]
async fn undo_unfinished(options: &sqlx::sqlite::SqliteConnectOptions) -> Result<(), sqlx::Error> {
    const READONLY_ROLLBACK: &str = "776";
    let look = "SELECT COUNT(*) FROM sqlite_master";
    // Where somebody writes there is nothing to undo, and the next statement waits for the lock.
    let reader = options.clone().busy_timeout(Duration::ZERO);
    let mut reader = reader.read_only(true).connect().await?;
    let looked = sqlx::raw_sql(look).execute(&mut reader).await;
    reader.close().await?;
    let code = match &looked {
        Err(sqlx::Error::Database(db)) => db.code(),
        _ => None,
    };
    if code.as_deref() == Some(READONLY_ROLLBACK) {
        let mut writer = options.connect().await?;
        sqlx::raw_sql(look).execute(&mut writer).await.ok();
        writer.close().await?;
    }
    Ok(())
}

/// Puts a connection that takes long on the board.
async fn told<T>(opening: impl Future<Output = T>) -> T {
    let since = Instant::now();
    let mut opening = std::pin::pin!(opening);
    if let Ok(opened) = tokio::time::timeout(TOLD_AFTER, &mut opening).await {
        return opened;
    }
    let _wait = OpenWait::begin(DatabaseWait {
        reason: "the server does not answer (connecting)".to_owned(),
        since,
        until: None,
    });
    opening.await
}
