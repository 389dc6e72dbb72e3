//! By what a server knows one of its sessions.

use std::time::Instant;

/// By what a server knows one of its sessions.
#[cfg_attr(
    not(any(feature = "postgres", feature = "mysql")),
    expect(dead_code, reason = "SQLite has no sessions")
)]
pub(super) enum SessionName {
    /// PostgreSQL's `application_name` during a transaction. A pooler hands on no process id.
    Application(String),
    /// MySQL's connection id, which no other session has as long as the server runs.
    Connection {
        id: u64,
        /// Its host, port and number.
        server: String,
        opened: Instant,
    },
    /// A file has no sessions.
    None,
}
