//! A credential's table and columns, resolved against the database's catalogue into SQL.
//!
//! Reads the catalogue alone, no row of a user table, and writes nothing. Whether a column is fit
//! for a run is the preflight's question.

mod catalog;
mod catalog_mysql;
mod catalog_postgres;
mod catalog_sqlite;
mod change;
mod column;
mod companion;
mod compare;
mod info;
mod key;
mod key_column;
mod label_column;
mod last_login;
pub(in crate::store) mod names;
mod on_reset;
mod statement;
mod type_sql;
mod value;

pub use catalog::describe_table;
pub(crate) use change::RowChange;
pub use column::CredentialColumn;
pub use companion::{Companion, CompanionColumn};
pub(crate) use compare::Compare;
pub use info::{ColumnInfo, TableInfo, TypeFamily};
pub(crate) use key::hex;
pub use key::{Key, KeyKind, KeyPart};
pub(crate) use key_column::{BatchType, KeyColumn};
pub(crate) use label_column::{SplitValue, split_label};
pub(crate) use last_login::{LastLoginSql, UNREADABLE};
pub use names::Guess;
