//! Reading the user table. Writes nothing.

mod login;
mod row;
mod rows;
mod select;

pub use login::read_login;
pub use row::{Row, ScanRow, Storage};
pub(in crate::store) use rows::read_key;
pub use rows::{Bounds, Order, read_keys, read_page, scan};
pub(in crate::store) use select::{RowSelect, SelectedColumns};
