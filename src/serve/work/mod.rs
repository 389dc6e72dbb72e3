//! What requests are answered with: the hashing threads, the database, the lists, and all of it together as one value.

mod database;
mod dearest;
mod hashers;
mod known;

mod app;

pub(super) use app::{App, Credential};
pub(super) use database::DatabaseError;
pub(super) use hashers::{NotComputed, Ticket};
pub(super) use known::KnownLists;
