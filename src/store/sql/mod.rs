//! Statements and connections. No table is known here.
//!
//! Whatever is the same for every table: which database it is and the words of its SQL, a
//! connection, its errors. Only this folder and the migrations name sqlx.

mod arg;
mod bind;
mod clock;
mod conn;
mod error;
mod kind;
mod link;
mod measure;
pub(in crate::store) mod moment;
mod mysql;
mod per_kind;
mod placeholders;
mod postgres;
mod query;
mod row;
mod sqlite;
mod text;
mod words;

pub(crate) use arg::Arg;
pub use clock::now_ms_of;
pub use conn::Conn;
pub use error::{ErrorClass, Quote, StoreError};
pub use kind::{Kind, Role};
pub(crate) use link::pause;
pub use link::{Link, PATIENCE};
pub use measure::measure;
pub use per_kind::PerKind;
pub(crate) use query::Query;
pub(crate) use row::RowRef;
pub use text::{Ident, is_condition};
pub(crate) use text::{Stretch, is_one_expression, operators, stretches};
pub(crate) use words::{ListForm, SqlWords};
