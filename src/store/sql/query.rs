//! A statement with its parameters, and the name of what it does.

use super::arg::Arg;
use super::error::Quote;

/// A statement to be sent.
///
/// `?` stands for a parameter on every database. The text holds quoted identifiers, constants and
/// the operator's own conditions; values are always bound.
pub(crate) struct Query<'s> {
    /// What is being done, for the error.
    pub(super) op: &'static str,
    pub(super) quote: Quote,
    pub(super) sql: &'s str,
    pub(super) args: Vec<Arg>,
}

impl<'s> Query<'s> {
    /// A statement over the ledger's tables alone.
    ///
    /// An error may show the server's words.
    pub(crate) fn of_ledger(op: &'static str, sql: &'s str, args: Vec<Arg>) -> Self {
        Self {
            quote: Quote::Ledger,
            ..Self::ours(op, sql, args)
        }
    }

    /// A statement over the catalogue, or over no table.
    ///
    /// An error may show the server's words.
    pub(crate) fn ours(op: &'static str, sql: &'s str, args: Vec<Arg>) -> Self {
        Self {
            op,
            quote: Quote::Message,
            sql,
            args,
        }
    }

    /// A statement over stored values.
    ///
    /// An error shows the server's code alone.
    pub(crate) fn of_values(op: &'static str, sql: &'s str, args: Vec<Arg>) -> Self {
        Self {
            op,
            quote: Quote::CodeOnly,
            sql,
            args,
        }
    }
}
