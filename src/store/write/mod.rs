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

pub use item::{Item, Swap, Verdict};
pub use page::{Committed, Fence, Page, PageOutcome, PageTarget, Still, commit_page};
pub use password::{choose_password, swap_row};
pub(in crate::store) use revoke::statements_for_nobody;
pub use revoke::try_on_reset;
pub use swap::OLD_BYTES_MAX;
pub(in crate::store) use swap::page_statement;
