//! Unique indexes, and key columns that may be NULL, as each database's own module finds them.

use crate::store::sql::Ident;
use crate::store::table::CredentialColumn;

/// A unique index that holds for every row: not partial, not deferrable, over whole columns.
pub(super) struct Unique {
    /// Its columns in order.
    pub(super) columns: Vec<String>,
}

/// A key column that may be NULL.
pub(super) struct Nullable {
    pub(super) column: String,
    /// Whether a row has NULL there, as far as that was looked up.
    pub(super) found: NullsFound,
}

/// Whether a row with NULL was found.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum NullsFound {
    No,
    Yes,
    NotLookedUp,
}

/// The key as the configuration names it.
pub(super) fn key_names(column: &CredentialColumn) -> Vec<String> {
    // Resolved columns keep the order of the configuration. Their names are found again by their
    // quoted form.
    column
        .keys
        .iter()
        .filter_map(|key| {
            column.table.columns.iter().find(|info| {
                Ident::new(column.kind, &info.name).is_ok_and(|ident| ident == key.ident)
            })
        })
        .map(|info| info.name.clone())
        .collect()
}

/// The key columns that the catalogue calls nullable.
///
/// Whether a row has NULL there is not looked up.
pub(super) fn nullable(column: &CredentialColumn) -> Vec<Nullable> {
    key_names(column)
        .into_iter()
        .filter(|name| column.table.column(name).is_some_and(|info| info.nullable))
        .map(|column| Nullable {
            column,
            found: NullsFound::NotLookedUp,
        })
        .collect()
}
