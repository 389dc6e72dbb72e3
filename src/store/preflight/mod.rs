//! Whether a database, a table and a column are fit for what is asked of them, before anything is written.
//!
//! Every finding says what it is, why it matters and what to do, with the exact statement where there is one. Nothing here
//! writes or alters anything: privileges are tried with EXPLAIN, which reads no row and fires no trigger. Memory and
//! processors are not its question.

mod ask;
mod check;
mod finding;
mod fitness;
mod key;
mod marker;
mod mysql;
mod neighbour;
mod page;
mod postgres;
mod report;
mod server;
mod sqlite;
mod unique;
mod want;
mod width;

#[cfg(test)]
mod tests;

pub use finding::{About, CODES, Finding, Severity, is_about_the_server, page};
pub use fitness::preflight;
pub(in crate::store) use fitness::unique_keys;
pub use neighbour::is_password_of_old;
pub use want::{Access, Want};
