//! The sidecar: logins over HTTP, for applications in any language.
//!
//! It finds the row, has [`crate::auth`] check the password, and writes the better hash by swap. It decides nothing about a value, runs no
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
mod event;
mod hashers;
mod limit;
mod login;
mod metrics;

pub use app::ServeError;
pub use event::{Event, Observer};
pub use listen::{ListenError, Listener, listen};
pub use openapi::document;
pub use server::{Sidecar, Stop};
pub use token::{Token, TokenError};
