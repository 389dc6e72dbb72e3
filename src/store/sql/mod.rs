//! Statements and connections. No table is known here.
//!
//! Whatever is the same for every table: which database it is, what its SQL looks like, a
//! connection, its errors. Only this folder and the migrations name sqlx.

mod arg;
mod conn;
mod error;
mod kind;
mod link;
mod measure;
pub(in crate::store) mod moment;
mod per_kind;
mod row;
mod text;

pub(crate) use arg::Arg;
pub use conn::{Conn, now_ms_of};
pub use error::{Quote, StoreError, Trouble};
pub use kind::{Kind, Role};
pub(crate) use link::pause;
pub use link::{Link, PATIENCE};
pub use measure::measure;
pub use per_kind::PerKind;
pub(crate) use row::RowRef;
pub use text::{Ident, is_condition};
pub(crate) use text::{Stretch, is_one_expression, now_ms, operators, stretches};
