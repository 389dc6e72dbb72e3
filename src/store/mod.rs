//! The databases: the only place of sqlx. Connections, the catalogue, pages of the user table, the ledger, the preflight.
//!
//! `commit_page` is one call: no caller ever holds a transaction. Nothing here decides what is done with a row.

mod batch;
mod change;
mod column;
mod conn;
mod demo;
mod describe;
mod error;
mod key;
pub mod ledger;
mod login;
mod marker;
mod measure;
mod moment;
mod neighbour;
mod on_reset;
mod page;
pub mod preflight;
mod rows;
mod split;
mod sql;
pub mod survey;
mod writer;

pub use batch::{OLD_BYTES_MAX, Swap, Verdict};
pub use column::Column;
pub use conn::{Conn, Kind, Role, now_ms_of};
pub use demo::{
    DemoParent, DemoPlace, DemoRows, DemoSwap, DemoUser, create as create_demo, read as read_demo,
    swap as swap_demo,
};
pub use describe::{ColumnInfo, Family, TableInfo, describe_table};
pub use error::{Quote, StoreError, Trouble};
pub use key::{Key, KeyKind, KeyPart};
pub use login::{choose_password, read_login, swap_row};
pub use measure::measure;
pub use neighbour::{Neighbour, NeighbourName};
pub use on_reset::try_on_reset;
pub use page::{Committed, Fence, Item, Page, PageOutcome, PageTarget, Still, commit_page};
pub use rows::{Bounds, Order, Row, ScanRow, Storage, read_keys, read_page, scan};
pub use sql::Ident;
pub use sql::is_condition;
pub use writer::{Link, PATIENCE};
