//! Writing the user table: the only folder that does.
//!
//! A page of a run, or one row of a login, each in a transaction of its own that no caller ever
//! holds. What is written is decided elsewhere.

mod bisect;
mod item;
mod page;
mod password;
mod revoke;
mod swap;
mod swap_json;
mod swap_mysql;
mod swap_postgres;
mod swap_sqlite;
mod transaction;
mod verdicts;

pub use item::{KeptVerdict, OLD_BYTES_MAX, PageItem, Swap};
pub use page::{Committed, Page, PageOutcome, commit_page};
pub use password::{ChosenPassword, choose_password, swap_row};
pub(in crate::store) use revoke::statements_for_nobody;
pub use revoke::try_on_reset;
pub(in crate::store) use swap::page_statement;
pub use transaction::{PageTarget, RowCheck};
