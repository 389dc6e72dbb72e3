//! The routes: each handler with what the OpenAPI document says of it above it.

mod shared;

mod password;
mod row;

mod hash;
mod health;
mod login;
mod reset;
mod verify;

mod api;

pub use api::document;
pub(super) use api::router;
