//! By what a server knows one of its sessions.

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
