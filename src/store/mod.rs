//! The databases: the only place of sqlx.
//!
//! `commit_page` is one call: no caller ever holds a transaction. Nothing here decides what is
//! done with a row.

// Statements and connections; no table is known here.
mod sql;

// A credential's columns, resolved against the catalogue into SQL.
mod table;

// Reads the user table.
mod read;

// Saltern's own tables.
pub mod ledger;

// Writes the user table.
mod write;

// Whether a database is fit for what is asked of it.
pub mod preflight;

// What a database looks like to somebody who searches it for passwords.
pub mod survey;

// The tables of `saltern demo`.
mod demo;

pub use demo::{
    DemoParent, DemoPlace, DemoRows, DemoSwap, DemoUser, create as create_demo, read as read_demo,
    swap as swap_demo,
};
pub use ledger::Fence;
pub use read::{
    Bounds, FoundLogin, LoginRow, Order, Row, ScanRow, Storage, UnlistedRows, count_unlisted,
    read_keys, read_login, read_page, scan,
};
pub(crate) use sql::{Backoff, OpenWait, retry, retry_further};
pub use sql::{
    ClassFacts, Conn, DatabaseWait, ErrorClass, Ident, Kind, Link, PerKind, Quote, Role,
    SERVER_ERRORS, ServerError, ServerErrors, StoreError, TOLD_AFTER, can_see_load, is_condition,
    measure, now_ms_of, server_load, told_wait, waits,
};
pub(crate) use sql::{moment_text, parse_moment};
pub use table::{
    COMPANIONS, ColumnInfo, Companion, CompanionColumn, CredentialColumn, DividerColumn, Key,
    KeyKind, KeyPart, TableInfo, TypeFamily, describe_table,
};
pub use write::{
    ChosenPassword, Committed, KeptVerdict, OLD_BYTES_MAX, Page, PageItem, PageOutcome, PageTarget,
    RowCheck, Swap, choose_password, commit_page, is_row_known, swap_row, try_on_reset,
};
