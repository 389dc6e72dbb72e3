//! A credential's table and columns, resolved against the database's catalogue into SQL.
//!
//! Reads the catalogue alone, no row of a user table, and writes nothing. Whether a column is fit
//! for a run is the preflight's question.

mod catalog;
mod change;
mod column;
mod companion;
mod info;
mod key;
mod key_column;
mod label_column;
mod last_login;
pub(in crate::store) mod names;
mod on_reset;
mod statement;
mod value;

pub use catalog::describe_table;
pub(crate) use change::Change;
pub use column::Column;
pub(crate) use column::Compare;
pub use companion::{Neighbour, NeighbourName};
pub use info::{ColumnInfo, Family, TableInfo};
pub(crate) use key::hex;
pub use key::{Key, KeyKind, KeyPart};
pub(crate) use key_column::KeyColumn;
pub(crate) use label_column::{Apart, apart};
pub(crate) use last_login::{LastLoginSql, UNREADABLE};
pub use names::Guess;
pub(crate) use value::ValueForm;
