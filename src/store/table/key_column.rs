//! A key column: how it is selected, bound and compared.

use super::key::KeyKind;
use crate::store::sql::Ident;

/// One key column.
#[derive(Clone, Debug)]
pub(crate) struct KeyColumn {
    pub(crate) ident: Ident,
    pub(crate) kind: KeyKind,
    /// How it is selected.
    pub(crate) select: String,
    /// How a bound parameter is compared with it.
    pub(crate) param: String,
    /// Its type inside a page's batch.
    pub(crate) batch: BatchType,
}

/// The type that a key has inside a page's batch: an array on PostgreSQL, a JSON text elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum BatchType {
    /// An integer, which needs no cast.
    Integer,
    /// Text, which needs no cast.
    Text,
    /// Bytes in hex.
    Hex,
    /// A uuid as text, which is cast back.
    Uuid,
    /// A type of this name: what a text is cast to, or a column of JSON_TABLE is declared as.
    Cast(String),
}
