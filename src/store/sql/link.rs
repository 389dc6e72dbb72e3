//! A connection that is made again when it is lost.
//!
//! The waits between attempts grow up to a limit. After [`patience`] the last failure is handed to
//! the caller.

use std::time::{Duration, Instant};

use super::conn::Conn;
use super::error::StoreError;
use super::kind::Role;
use crate::failpoint::is_armed;
use crate::secret::DatabaseUrl;

/// How long a database may be gone or busy before a run gives up.
const PATIENCE: Duration = Duration::from_secs(60);

const BACKOFF_FIRST: Duration = Duration::from_millis(100);
const BACKOFF_MAX: Duration = Duration::from_secs(5);

/// A connection with its URL.
pub struct Link {
    url: DatabaseUrl,
    role: Role,
    conn: Option<Conn>,
}

impl std::fmt::Debug for Link {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Link")
            .field("role", &self.role)
            .finish_non_exhaustive()
    }
}

impl Link {
    /// Connects for the first time; a failure is not tried again.
    ///
    /// # Errors
    /// As [`Conn::open`].
    pub async fn open(url: DatabaseUrl, role: Role) -> Result<Self, StoreError> {
        let conn = Conn::open(&url, role).await?;
        Ok(Self {
            url,
            role,
            conn: Some(conn),
        })
    }

    /// The connection, made again if it was lost.
    ///
    /// # Errors
    /// The last failure, after a minute.
    pub async fn conn(&mut self) -> Result<&mut Conn, StoreError> {
        if self.conn.is_none() {
            let since = Instant::now();
            let mut wait = BACKOFF_FIRST;
            let conn = loop {
                match Conn::open(&self.url, self.role).await {
                    Ok(conn) => break conn,
                    Err(e) if since.elapsed() > patience() || !e.is_transient() => return Err(e),
                    Err(_) => tokio::time::sleep(wait).await,
                }
                wait = (wait * 2).min(BACKOFF_MAX);
            };
            self.conn = Some(conn);
        }
        Ok(self.conn.as_mut().expect("just made"))
    }

    /// Throws a lost connection away.
    pub fn lost(&mut self) {
        self.conn = None;
    }

    /// Says goodbye.
    pub async fn close(mut self) {
        if let Some(conn) = self.conn.take() {
            conn.close().await;
        }
    }
}

/// How long a database may be gone or busy: [`PATIENCE`], or less in a test that has no minute.
pub(crate) fn patience() -> Duration {
    if is_armed("short-patience") {
        Duration::from_secs(8)
    } else {
        PATIENCE
    }
}

/// A wait with jitter: between half of `base` and all of it.
///
/// The jitter comes from a new UUID's random bits. Nothing that is stored depends on it.
pub(crate) async fn pause(base: Duration) {
    let random = u32::from(u16::from_le_bytes({
        let b = uuid::Uuid::new_v4().into_bytes();
        [b[0], b[1]]
    }));
    let half = base / 2;
    tokio::time::sleep(half + half * random / u32::from(u16::MAX)).await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_that_is_gone_is_waited_for_a_minute() {
        assert_eq!(patience(), Duration::from_secs(60));
    }
}
