//! Whether a database, a table and a column are fit for what is asked of them.
//!
//! It is asked before anything is written. Every finding says what it is, why it matters and what
//! to do, with the exact statement where there is one. Nothing here writes or alters anything:
//! privileges are tried with statements that touch no row and fire no trigger. Memory and
//! processors are not its question.

// What is found.
mod finding;

mod report;

// What is asked, and of what.
mod want;

mod subject;

mod ask;

// What the databases share.
mod unique;

mod server;

mod width;

mod check;

mod key;

mod label_column;

mod format_column;

mod uncovered;

mod logins;

mod page;

// Each database.
mod postgres;

mod mysql;

mod sqlite;

// All of it together.
mod fitness;

// Saltern's own tables.
mod making;

mod ledger;

#[cfg(test)]
mod tests;

pub use finding::{CODES, Finding, FindingKind, Severity, is_about_the_server, page};
pub use fitness::preflight;
pub(in crate::store) use fitness::unique_keys;
pub use ledger::examine_ledger;
pub use logins::login_findings;
pub use uncovered::is_password_of_old;
pub use want::{Access, Want};
