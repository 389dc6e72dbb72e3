//! A credential's table and columns, resolved against the database's catalogue into SQL.
//!
//! Reads the catalogue alone, no row of a user table, and writes nothing. Whether a column is fit
//! for a run is the preflight's question.

// What the catalogue says.
mod info;

// What the name of a column or table says.
mod name_words;

mod table_guess;

mod guess;

pub(in crate::store) mod names;

// Keys.
mod key;

mod key_column;

mod compare;

// Values, last logins, and the types of each database.
mod last_login;

mod value;

mod divider_sql;

mod padding;

mod typed_login;

mod type_sql;

mod catalog_postgres;

mod catalog_mysql;

mod catalog_sqlite;

mod catalog;

// What stands beside the value.
mod label_column;

mod companion;

mod readings;

mod divider;

mod format;

mod other_table;

// What is set besides, and what a reset does.
mod statement;

mod assignments;

mod on_reset;

// All of it together, and what a swap changes.
mod column;

mod change;

pub use catalog::describe_table;
pub(crate) use change::{NewForm, RowChange};
pub use column::CredentialColumn;
pub(crate) use companion::ReadCompanion;
pub use companion::{Companion, CompanionColumn};
pub(crate) use compare::Compare;
pub use divider::DividerColumn;
pub use guess::Guess;
pub use info::{ColumnInfo, TableInfo, TypeFamily};
pub(crate) use key::hex;
pub use key::{Key, KeyKind, KeyPart};
pub(crate) use key_column::{BatchType, KeyColumn};
pub(crate) use label_column::{LabelColumn, SplitValue, split_label};
pub(crate) use last_login::{LastLoginSql, UNREADABLE};
pub(crate) use padding::PaddedColumn;
pub use readings::COMPANIONS;
pub(crate) use readings::{CompanionBytes, readings};
pub use table_guess::TableOf;
pub(crate) use typed_login::{LoginClass, LoginSql, LoginWay};
