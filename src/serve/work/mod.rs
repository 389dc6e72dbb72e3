//! What answers a request: the hashing threads, the database, the lists, and all of it as one
//! value.
//!
//! It knows no route.

mod database;
mod hashers;
mod known;
mod pad;

mod clock;

mod app;
mod count;

pub(super) use app::{App, LoginCredential, ResetDisclosure};
pub(super) use count::count_rows;
pub(super) use database::{ClassOwner, DatabaseError, FoundRows};
pub(super) use hashers::{HashNeeds, NotComputed, Ticket};
pub(super) use known::KnownLists;
