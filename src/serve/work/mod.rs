//! What answers a request: the hashing threads, the database, the lists, and all of it as one
//! value.
//!
//! It knows no route.

mod database;
mod dearest;
mod hashers;
mod known;

mod app;
mod beyond;

pub(super) use app::{App, COMPANIONS, LoginCredential, ResetDisclosure};
pub(super) use beyond::count_beyond_work;
pub(super) use database::{DatabaseError, FoundRows};
pub(super) use hashers::{HashNeeds, NotComputed, Ticket};
pub(super) use known::KnownLists;
