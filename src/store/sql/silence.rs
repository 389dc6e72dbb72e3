//! A server that says nothing: at work on a long statement, or out of reach.
//!
//! A network that swallows packets leaves a connection open on this side. Where no byte has come
//! for some seconds, a second connection asks the server whether it is at work on the statement.

use std::pin::pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use sqlx::{ConnectOptions as _, Connection as _};

use super::error::StoreError;
use super::error_class::ErrorClass;
use super::holder::holder;
use super::kind::Kind;
use super::limits;
use super::session_name::SessionName;
use super::waits::{DatabaseWait, OpenWait, TOLD_AFTER};
use crate::secret::DatabaseUrl;

/// An answer that is on its way when the server is asked gets so long to arrive.
///
/// So does a statement that a busy server has not begun with: it looks like one that got lost.
const ON_ITS_WAY: Duration = Duration::from_secs(1);

/// A try that follows on a lock waits for it again. Who holds it is asked after so long.
const HOLDER_AFTER: Duration = Duration::from_millis(300);

/// Who holds a lock is asked no more often than this.
const HOLDER_AGAIN: Duration = Duration::from_secs(5);

/// What was said of a holder so long ago is not told any more.
const HOLDER_OLD: Duration = Duration::from_secs(30);

/// Tells whether the server is at work for one connection.
pub(super) struct Probe {
    url: DatabaseUrl,
    kind: Kind,
    session: SessionName,
    lock: Mutex<LockSeen>,
}

/// What is known of the lock on which the connection's last tries ended.
#[derive(Default)]
struct LockSeen {
    /// When a try last ended on a lock.
    met: Option<Instant>,
    /// When it was asked who holds it, and the answer.
    asked: Option<(Instant, Option<String>)>,
}

impl Probe {
    pub(super) fn new(url: DatabaseUrl, kind: Kind, session: SessionName) -> Self {
        Self {
            url,
            kind,
            session,
            lock: Mutex::default(),
        }
    }

    /// Waits for an answer as long as the server is at work on it. After two seconds the wait is on
    /// the board.
    ///
    /// # Errors
    /// The server can't be reached any more, or has nothing to do for this connection. The
    /// connection is good for nothing then.
    pub(super) async fn watched<T>(
        &self,
        op: &'static str,
        answer: impl Future<Output = T>,
    ) -> Result<T, StoreError> {
        let begun = Instant::now();
        let mut answer = pin!(answer);
        if self.wants_holder() {
            if let Ok(answer) = tokio::time::timeout(HOLDER_AFTER, &mut answer).await {
                return Ok(answer);
            }
            let asked = tokio::time::timeout(limits::connect(), holder(&self.url, &self.session));
            tokio::select! {
                answer = &mut answer => return Ok(answer),
                held = asked => self.lock().asked = Some((Instant::now(), held.ok().flatten())),
            }
        }
        let mut silence = limits::silence();
        let quiet = TOLD_AFTER.min(silence).saturating_sub(begun.elapsed());
        if let Ok(answer) = tokio::time::timeout(quiet, &mut answer).await {
            return Ok(answer);
        }
        let wait = OpenWait::begin(DatabaseWait {
            reason: format!("no answer yet ({op})"),
            since: begun,
            until: None,
        });
        if self.kind == Kind::Sqlite {
            return Ok(answer.await);
        }
        silence = silence.saturating_sub(begun.elapsed());
        let mut next = limits::silence() * 2;
        // When the server was last known to be there.
        let mut heard = begun;
        // What is waited for may be many statements: the server has nothing to do between two.
        let mut was_idle = false;
        loop {
            if let Ok(answer) = tokio::time::timeout(silence, &mut answer).await {
                return Ok(answer);
            }
            let asked = tokio::time::timeout(limits::connect(), self.is_at_work());
            let at_work = tokio::select! {
                answer = &mut answer => return Ok(answer),
                at_work = asked => at_work,
            };
            if matches!(at_work, Ok(Ok(false))) && !was_idle {
                was_idle = true;
                silence = ON_ITS_WAY;
                continue;
            }
            was_idle = false;
            if !matches!(at_work, Ok(Ok(true))) {
                if let Ok(answer) = tokio::time::timeout(ON_ITS_WAY, &mut answer).await {
                    return Ok(answer);
                }
                return Err(StoreError::Silent {
                    op: op.into(),
                    why: match at_work {
                        Ok(Ok(_)) => "the server is not at work on it",
                        _ => "the server can't be reached",
                    },
                    since: limits::lost_since(heard),
                });
            }
            heard = Instant::now();
            wait.set_reason(format!("the server is at work on it ({op})"));
            silence = next.min(limits::SILENCE_MAX);
            next = silence * 2;
        }
    }

    /// Adds to an error that a lock was not to be had who holds it, where that is known. From now
    /// on it is asked.
    pub(super) fn with_holder(&self, error: StoreError) -> StoreError {
        if error.class() != ErrorClass::Busy {
            return error;
        }
        let mut lock = self.lock();
        lock.met = Some(Instant::now());
        match &lock.asked {
            Some((at, Some(holder))) if at.elapsed() < HOLDER_OLD => error.held_by(holder),
            _ => error,
        }
    }

    /// By what the server knows the connection.
    pub(super) fn session(&self) -> &SessionName {
        &self.session
    }

    /// By what the server knows the connection.
    pub(super) fn into_session(self) -> SessionName {
        self.session
    }

    fn wants_holder(&self) -> bool {
        let lock = self.lock();
        let is_due = (lock.asked.as_ref()).is_none_or(|(at, _)| at.elapsed() >= HOLDER_AGAIN);
        let is_met = lock.met.is_some_and(|at| at.elapsed() < HOLDER_OLD);
        is_met && is_due && self.kind != Kind::Sqlite
    }

    fn lock(&self) -> MutexGuard<'_, LockSeen> {
        self.lock.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks the server over a new connection.
    async fn is_at_work(&self) -> Result<bool, sqlx::Error> {
        match &self.session {
            #[cfg(feature = "postgres")]
            SessionName::Application(name) => {
                let options: sqlx::postgres::PgConnectOptions = self.url.expose().parse()?;
                let options = options.extra_float_digits(None).disable_statement_logging();
                let mut conn = options.connect().await?;
                // A pooler keeps both messages of a statement together inside a transaction.
                sqlx::raw_sql("BEGIN READ ONLY").execute(&mut conn).await?;
                // A server that waits until the client has read is waiting for a dead connection.
                let found: i64 = sqlx::query_scalar(
                    "SELECT count(*) FROM pg_stat_activity WHERE application_name = $1 \
                     AND state <> 'idle' AND wait_event IS DISTINCT FROM 'ClientWrite' \
                     AND wait_event IS DISTINCT FROM 'ClientRead'",
                )
                .bind(name)
                .persistent(false)
                .fetch_one(&mut conn)
                .await?;
                conn.close().await.ok();
                Ok(found > 0)
            }
            #[cfg(feature = "mysql")]
            SessionName::Connection { id, .. } => {
                let options: sqlx::mysql::MySqlConnectOptions = self.url.expose().parse()?;
                let mut conn = options.disable_statement_logging().connect().await?;
                let found: i64 = sqlx::query_scalar(
                    "SELECT COUNT(*) FROM information_schema.processlist WHERE id = ? \
                     AND command <> 'Sleep' \
                     AND COALESCE(state, '') NOT IN ('Writing to net', 'Sending to client')",
                )
                .bind(id)
                .fetch_one(&mut conn)
                .await?;
                conn.close().await.ok();
                Ok(found > 0)
            }
            _ => Ok(false),
        }
    }
}
