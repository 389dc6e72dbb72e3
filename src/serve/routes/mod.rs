//! The routes. The comment above a handler is its description in the OpenAPI document. A long one
//! is a `doc` attribute, because a line break in it would stand in the document too.
//!
//! A handler decides nothing about a value: that is the job of `auth`.

mod shared;

// What several routes do.

mod attempt;
mod password;
mod row;
mod token_ledger;

mod new_password;

// A file for each route or two.

mod hash;
mod health;
mod login;
mod reset;
mod verify;

// All of them, with their document.

mod api;

pub use api::document;
pub(super) use api::router;
