//! Writing the user table: the only folder that does.
//!
//! A page of a run, or one row of a login, each in a transaction of its own that no caller ever
//! holds. What is written is decided elsewhere.

// A row to be written.
mod item;

// The statements of a page.
mod swap_json;

mod swap_postgres;

mod swap_mysql;

mod swap_sqlite;

mod swap;

// What belongs to a page beside its swaps.
mod bisect;

mod revoke;

mod verdicts;

// A page.
mod transaction;

mod page;

// One user's row.
mod password;

pub use item::{KeptVerdict, OLD_BYTES_MAX, PageItem, Swap};
pub use page::{Committed, Page, PageOutcome, commit_page};
pub use password::{ChosenPassword, choose_password, swap_row};
pub(in crate::store) use revoke::statements_for_nobody;
pub use revoke::try_on_reset;
pub(in crate::store) use swap::page_statement;
pub use transaction::{PageTarget, RowCheck};
pub use verdicts::is_row_known;
