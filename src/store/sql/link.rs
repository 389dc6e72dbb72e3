//! A connection that is made again when it is lost.
//!
//! The waits between attempts grow up to a limit. After [`patience`](super::limits::patience) the
//! last failure is handed to the caller.

use std::time::Instant;

use super::conn::Conn;
use super::error::StoreError;
use super::kind::Role;
use super::limits::{Backoff, LOCK_WAIT, patience};
use super::session_name::SessionName;
use super::waits::{DatabaseWait, OpenWait};
use crate::secret::DatabaseUrl;

/// A connection with its URL.
pub struct Link {
    url: DatabaseUrl,
    role: Role,
    conn: Option<Conn>,
    /// The session of the connection that was lost last.
    lost: Option<SessionName>,
    /// That nothing can be written over it, because somebody holds rows or the table.
    pub(in crate::store) held: Option<HeldRows>,
}

/// Rows that somebody holds.
pub(in crate::store) struct HeldRows {
    /// Since when.
    pub(in crate::store) since: Instant,
    wait: OpenWait,
}

impl std::fmt::Debug for Link {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Link")
            .field("role", &self.role)
            .finish_non_exhaustive()
    }
}

impl Link {
    /// Connects for the first time. A server that is gone is waited for.
    ///
    /// # Errors
    /// As [`Conn::open`].
    pub async fn open(url: DatabaseUrl, role: Role) -> Result<Self, StoreError> {
        let conn = Conn::open(&url, role).await?;
        Ok(Self::over(url, role, conn))
    }

    /// Connects for the first time, and tries no second time.
    ///
    /// # Errors
    /// As [`Conn::try_open`].
    pub async fn try_open(url: DatabaseUrl, role: Role) -> Result<Self, StoreError> {
        let conn = Conn::try_open(&url, role).await?;
        Ok(Self::over(url, role, conn))
    }

    fn over(url: DatabaseUrl, role: Role, conn: Conn) -> Self {
        Self {
            url,
            role,
            conn: Some(conn),
            lost: None,
            held: None,
        }
    }

    /// The connection, made again if it was lost.
    ///
    /// # Errors
    /// The last failure, after a minute.
    pub async fn conn(&mut self) -> Result<&mut Conn, StoreError> {
        if self.conn.is_none() {
            let mut backoff = Backoff::new();
            let mut conn = loop {
                match Conn::try_open(&self.url, self.role).await {
                    Ok(conn) => break conn,
                    Err(e) => {
                        let e = e.of_known_server();
                        if !backoff.allows(&e) {
                            return Err(e);
                        }
                        backoff.wait().await;
                    }
                }
            };
            if let Some(lost) = self.lost.take() {
                // Where this can't be done the server ends it in its own time.
                conn.end_session(&lost).await.ok();
            }
            self.conn = Some(conn);
        }
        Ok(self.conn.as_mut().expect("just made"))
    }

    /// Whether somebody has held rows for longer than it is waited, with nothing written meanwhile.
    /// From its first try on a held row stands on the board.
    pub(in crate::store) fn is_held_too_long(&mut self, error: &StoreError) -> bool {
        let reason = error.with_sources();
        let held = match &mut self.held {
            Some(held) => {
                held.wait.set_reason(reason);
                held
            }
            none => {
                let now = Instant::now();
                let since = now.checked_sub(LOCK_WAIT).unwrap_or(now);
                none.insert(HeldRows {
                    since,
                    wait: OpenWait::begin(DatabaseWait {
                        reason,
                        since,
                        until: Some(since + patience()),
                    }),
                })
            }
        };
        held.since.elapsed() >= patience()
    }

    /// Throws a lost connection away.
    ///
    /// Its session may live on at the server and hold locks. It is ended over the next connection.
    pub fn lost(&mut self) {
        if let Some(conn) = self.conn.take() {
            self.lost = Some(conn.into_session());
        }
    }

    /// Says goodbye.
    pub async fn close(mut self) {
        if let Some(conn) = self.conn.take() {
            conn.close().await;
        }
    }
}
