//! Reading the user table. Writes nothing.

mod login;
mod rows;

pub use login::read_login;
pub use rows::{Bounds, Order, Row, ScanRow, Storage, read_keys, read_page, scan};
pub(in crate::store) use rows::{keep, padding, read_key, select_list};
