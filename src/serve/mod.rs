//! The sidecar: logins over HTTP, for applications in any language.
//!
//! It finds the row, has [`crate::auth`] check the password, and writes the better hash by swap; or gives out a token, by which a new
//! password is chosen. It decides nothing about a value, runs no
//! job, and prints nothing: what an operator should know goes to an [`Observer`].

mod listen;
mod server;
mod token;

mod answer;
mod api;
mod openapi;
mod request;

mod app;
mod database;
mod dearest;
mod event;
mod hashers;
mod known;
mod limit;
mod login;
mod metrics;
mod reset;

pub use app::ServeError;
pub use dearest::Dear;
pub use event::{Event, Observer};
pub use listen::{ListenError, Listener, listen};
pub use openapi::document;
pub use server::{Means, Sidecar, Stop};
pub use token::{Token, TokenError};
