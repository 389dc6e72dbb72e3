//! A server that says nothing: at work on a long statement, or out of reach.
//!
//! A network that swallows packets leaves a connection open on this side. Where no byte has come
//! for some seconds, a second connection asks the server whether it is at work on the statement.

use std::pin::pin;
use std::time::Duration;

use sqlx::{ConnectOptions as _, Connection as _};

use super::error::{Quote, StoreError};
use super::error_class::ErrorClass;
use super::kind::Kind;
use super::limits;
use crate::secret::DatabaseUrl;

/// An answer that is on its way when the server is asked gets so long to arrive.
const ON_ITS_WAY: Duration = Duration::from_millis(500);

/// Tells whether the server is at work for one connection.
pub(super) struct Probe {
    url: DatabaseUrl,
    kind: Kind,
    session: SessionName,
}

/// By what a server knows one of its sessions.
#[cfg_attr(
    not(any(feature = "postgres", feature = "mysql")),
    expect(dead_code, reason = "SQLite has no sessions")
)]
pub(super) enum SessionName {
    /// PostgreSQL's `application_name`. A pooler hands it on, and no process id.
    Application(String),
    /// MySQL's connection id.
    Connection(u64),
    /// A file has no sessions.
    None,
}

impl Probe {
    pub(super) fn new(url: DatabaseUrl, kind: Kind, session: SessionName) -> Self {
        Self { url, kind, session }
    }

    /// Waits for an answer as long as the server is at work on it.
    ///
    /// # Errors
    /// The server can't be reached any more, or has nothing to do for this connection. The
    /// connection is good for nothing then.
    pub(super) async fn watched<T>(
        &self,
        op: &'static str,
        answer: impl Future<Output = T>,
    ) -> Result<T, StoreError> {
        if self.kind == Kind::Sqlite {
            return Ok(answer.await);
        }
        let mut answer = pin!(answer);
        let mut silence = limits::silence();
        loop {
            if let Ok(answer) = tokio::time::timeout(silence, &mut answer).await {
                return Ok(answer);
            }
            let at_work = tokio::time::timeout(limits::connect(), self.is_at_work()).await;
            if !matches!(at_work, Ok(Ok(true))) {
                if let Ok(answer) = tokio::time::timeout(ON_ITS_WAY, &mut answer).await {
                    return Ok(answer);
                }
                return Err(StoreError::Db {
                    op: op.into(),
                    class: ErrorClass::Gone,
                    quote: Quote::CodeOnly,
                    code: None,
                    detail: Some(match at_work {
                        Ok(Ok(_)) => {
                            "no answer came, and the server is not at work on it".to_owned()
                        }
                        _ => "no answer came, and the server can't be reached".to_owned(),
                    }),
                });
            }
            silence = (silence * 2).min(limits::SILENCE_MAX);
        }
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
            SessionName::Connection(id) => {
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
