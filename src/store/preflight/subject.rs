//! What is looked at: a column, what is asked of it, and which server it is on.

use super::want::Want;
use crate::store::table::CredentialColumn;

/// What is looked at.
#[derive(Clone, Copy)]
pub(super) struct Subject<'a> {
    pub(super) column: &'a CredentialColumn,
    pub(super) want: &'a Want,
    pub(super) variant: Variant,
}

/// MySQL's two families.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Variant {
    MariaDb,
    /// MySQL. PostgreSQL and SQLite have this too; they don't ask.
    Other,
}
