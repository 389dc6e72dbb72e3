//! Reading the user table. Writes nothing.

// One row.
mod row;

// The one SELECT of rows.
mod select;

// All rows, a page, single rows.
mod rows;

// A row by its login.
mod login;

// Rows of no part.
mod unlisted;

pub use login::{FoundLogin, LoginRow, read_login};
pub use row::{Row, ScanRow, Storage};
pub(in crate::store) use rows::read_key;
pub use rows::{Bounds, Order, read_keys, read_page, scan};
pub(in crate::store) use select::{RowSelect, SelectedColumns};
pub use unlisted::{UnlistedRows, count_unlisted};
