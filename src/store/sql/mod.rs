//! Statements and connections. No table is known here.
//!
//! Whatever is the same for every table: which database it is and the words of its SQL, a
//! connection, its errors. Only this folder and the migrations name sqlx.

// What differs in words, and the words of each database.
mod words;

mod postgres;

mod mysql;

mod sqlite;

// Which database it is.
mod kind;

mod per_kind;

// What can go wrong, and how long it is waited for.
mod error_class;

mod server_errors;

mod error;

// What is waited for now.
mod waits;

mod limits;

// Identifiers, conditions and statements of the operator.
mod text;

// A statement, its parameters and its answer.
mod arg;

mod query;

mod row;

mod placeholders;

mod bind;

// A server that says nothing, and who holds a lock.
mod session_name;

mod holder;

mod silence;

// A connection, and one that is made again when it is lost.
mod connect_error;

mod conn;

mod clock;

mod link;

mod retry;

// One number that the operator's query gives.
mod measure;

mod load;

// Points in time as applications write them.
pub(in crate::store) mod moment;

pub(crate) use arg::Arg;
pub use clock::now_ms_of;
pub use conn::Conn;
pub use error::{Quote, StoreError};
pub use error_class::{ClassFacts, ErrorClass};
pub use kind::{Kind, Role};
pub(crate) use limits::Backoff;
pub use link::Link;
pub use load::{can_see_load, server_load};
pub use measure::measure;
pub use per_kind::PerKind;
pub(crate) use query::Query;
pub(crate) use retry::{retry, retry_further};
pub(crate) use row::RowRef;
pub use server_errors::{SERVER_ERRORS, ServerError, ServerErrors};
pub use text::{Ident, is_condition};
pub(crate) use text::{Stretch, is_one_expression, operators, stretches};
pub(crate) use waits::OpenWait;
pub use waits::{DatabaseWait, TOLD_AFTER, told_wait, waits};
pub(crate) use words::{ListForm, SqlWords};

/// Milliseconds since 1970, UTC, of a time as applications write it; none where it is no time.
pub(crate) use moment::parse as parse_moment;
/// A time in milliseconds since 1970 as text, in UTC.
pub(crate) use moment::text as moment_text;
