//! Reads whole columns. Writes nothing to users' tables; `waiting` keeps counts in the ledger.

pub(super) mod column; // What a scan found in one column.

pub(super) mod chunker; // Where chunks end.
pub(super) mod dependencies; // Columns that a login needs beside the value.
pub(super) mod label_width; // How long the labels of a run would be.
pub(super) mod labels; // Which labels rows have and get.
pub(super) mod readers; // Rows that need more than the platform's own verifier.
pub(super) mod waiting; // Rows that wait for a login or a deadline.

pub(super) mod coverage; // For which rows a proof holds, to be told.

pub(super) mod edges; // Ranges of rows that an earlier run kept.

pub(super) mod salted; // The proof of salted schemes.
pub(super) mod wordlists; // Lists of known passwords, as files.

pub(super) mod known; // What these lists say of a column.

pub(super) mod by_row; // A second pass, where the census can't tell all.
pub(super) mod scan; // The scan of every column.
