//! A connection that is made again when it is lost.
//!
//! The waits between attempts grow up to a limit. After [`patience`](super::limits::patience) the
//! last failure is handed to the caller.

use std::time::{Duration, Instant};

use super::conn::Conn;
use super::error::StoreError;
use super::kind::Role;
use super::limits::{LOCK_WAIT, NOTICED_WITHIN, patience};
use super::session_name::SessionName;
use super::waits::{DatabaseWait, OpenWait};
use crate::secret::DatabaseUrl;

/// Where held rows were met so long ago, whoever holds rows now holds other ones. It is longer than
/// any database lets a try wait.
const HELD_ANEW: Duration = Duration::from_secs(10);

/// A link that was lost longer ago and is wanted only now has its minute before it.
const WANTED_SINCE: Duration = NOTICED_WITHIN.saturating_mul(2);

/// A connection with its URL.
pub struct Link {
    url: DatabaseUrl,
    role: Role,
    conn: Option<Conn>,
    /// The session of the connection that was lost last.
    lost: Option<SessionName>,
    /// Since when nothing came over it.
    silent_since: Option<Instant>,
    /// That nothing can be written over it, because somebody holds rows or the table.
    pub(in crate::store) held: Option<HeldRows>,
}

/// Rows that somebody holds.
pub(in crate::store) struct HeldRows {
    /// Since when.
    pub(in crate::store) since: Instant,
    /// When a try last met them.
    last: Instant,
    /// Its line on the board; none between two pages.
    wait: Option<OpenWait>,
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

    /// Connects to a server that this process has reached before.
    ///
    /// # Errors
    /// As [`Conn::open_again`].
    pub(crate) async fn open_again(url: DatabaseUrl, role: Role) -> Result<Self, StoreError> {
        let conn = Conn::open_again(&url, role).await?;
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
            silent_since: None,
            held: None,
        }
    }

    /// The connection, made again if it was lost.
    ///
    /// # Errors
    /// The last failure, after a minute.
    pub async fn conn(&mut self) -> Result<&mut Conn, StoreError> {
        if self.conn.is_none() {
            let since = self.silent_since.take();
            let since = since.filter(|since| since.elapsed() < WANTED_SINCE);
            let mut conn = Conn::open_lost(&self.url, self.role, since).await?;
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
        let now = Instant::now();
        self.held.take_if(|held| held.last.elapsed() > HELD_ANEW);
        let held = self.held.get_or_insert_with(|| HeldRows {
            since: now.checked_sub(LOCK_WAIT).unwrap_or(now),
            last: now,
            wait: None,
        });
        held.last = now;
        let reason = error.with_sources();
        match &held.wait {
            Some(wait) => wait.set_reason(reason),
            None => {
                held.wait = Some(OpenWait::begin(DatabaseWait {
                    reason,
                    since: held.since,
                    until: Some(held.since + patience()),
                }));
            }
        }
        held.since.elapsed() >= patience()
    }

    /// Takes held rows off the board: nothing waits for them now. Since when they are held is kept.
    pub(in crate::store) fn wait_no_more(&mut self) {
        if let Some(held) = &mut self.held {
            held.wait = None;
        }
    }

    /// Throws a lost connection away.
    ///
    /// Its session may live on at the server and hold locks. It is ended over the next connection.
    pub fn lost(&mut self) {
        if let Some(conn) = self.conn.take() {
            self.silent_since = conn.silent_since();
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::sql::waits::waits;
    use crate::store::sql::{ErrorClass, Quote};

    #[test]
    fn only_what_is_held_without_a_break_is_held_too_long() {
        let mut link = Link {
            url: DatabaseUrl::parse("sqlite:x").unwrap(),
            role: Role::Write,
            conn: None,
            lost: None,
            silent_since: None,
            held: None,
        };
        let busy = StoreError::Db {
            op: "writing".into(),
            class: ErrorClass::Busy,
            quote: Quote::CodeOnly,
            code: None,
            detail: None,
        };
        let Some(long_ago) = Instant::now().checked_sub(patience()) else {
            return;
        };
        assert!(!link.is_held_too_long(&busy));
        assert_eq!(waits().len(), 1);
        link.wait_no_more();
        assert_eq!(waits(), []);
        link.held.as_mut().unwrap().since = long_ago;
        assert!(link.is_held_too_long(&busy));
        link.held.as_mut().unwrap().last = long_ago;
        assert!(!link.is_held_too_long(&busy));
        assert_eq!(waits().len(), 1);
    }
}
