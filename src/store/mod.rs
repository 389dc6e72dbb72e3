//! The databases: the only place of sqlx.
//!
//! `commit_page` is one call: no caller ever holds a transaction. Nothing here decides what is
//! done with a row.

mod demo;
pub mod ledger;
pub mod preflight;
mod read;
mod sql;
pub mod survey;
mod table;
mod write;

pub use demo::{
    DemoParent, DemoPlace, DemoRows, DemoSwap, DemoUser, create as create_demo, read as read_demo,
    swap as swap_demo,
};
pub use read::{Bounds, Order, Row, ScanRow, Storage, read_keys, read_login, read_page, scan};
pub use sql::{
    Conn, Ident, Kind, Link, PATIENCE, PerKind, Quote, Role, StoreError, Trouble, is_condition,
    measure, now_ms_of,
};
pub use table::{
    Column, ColumnInfo, Family, Key, KeyKind, KeyPart, Neighbour, NeighbourName, TableInfo,
    describe_table,
};
pub use write::{
    Committed, Fence, Item, OLD_BYTES_MAX, Page, PageOutcome, PageTarget, Still, Swap, Verdict,
    choose_password, commit_page, swap_row, try_on_reset,
};
