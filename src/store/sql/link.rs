//! A connection that is made again when it is lost.
//!
//! The waits between attempts grow up to a limit. After [`patience`](super::limits::patience) the
//! last failure is handed to the caller.

use super::conn::Conn;
use super::error::StoreError;
use super::kind::Role;
use super::limits::Backoff;
use crate::secret::DatabaseUrl;

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
            let mut backoff = Backoff::new();
            let conn = loop {
                match Conn::open(&self.url, self.role).await {
                    Ok(conn) => break conn,
                    Err(e) if backoff.allows(&e) => backoff.wait().await,
                    Err(e) => return Err(e),
                }
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
