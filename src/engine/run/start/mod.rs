//! How a run begins: found in the ledger, gone on with, or made.

pub(crate) mod new;
pub(crate) mod prepare;
pub(crate) mod prepared;
pub(crate) mod resume;
