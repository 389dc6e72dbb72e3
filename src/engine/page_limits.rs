//! How large a page may be: in rows, and in seconds of hashing.

/// The most rows that are read, or written, at once.
pub(crate) const PAGE_ROWS_MAX: usize = 2_000;

/// The first page has at most so many rows: it is not known yet how long this database takes to
/// commit one.
pub(crate) const PAGE_ROWS_FIRST: usize = 500;

/// A page is at most this much hashing.
pub(crate) const PAGE_SECONDS: f64 = 2.0;
