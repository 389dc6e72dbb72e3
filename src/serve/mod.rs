//! The sidecar: logins over HTTP, for applications in any language.
//!
//! It finds the row, has [`crate::auth`] check the password, and writes the better hash by swap; or gives out a token, by which a new
//! password is chosen. It decides nothing about a value, runs no
//! job, and prints nothing: what an operator should know goes to an [`Observer`].

// The ground: what happened, what it costs, how often, and with what a sidecar begins.

mod dear;
mod error;
mod event;
mod limit;
mod means;
mod metrics;
mod token;

// What goes over the wire, what works, the routes, and the process around them.

mod http;
mod work;

mod routes;

mod server;

pub use dear::Dear;
pub use error::ServeError;
pub use event::{Event, Observer};
pub use means::Means;
pub use routes::document;
pub use server::{ListenError, Listener, Sidecar, Stop, listen};
pub use token::{Token, TokenError};
