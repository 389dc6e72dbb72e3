//! The sidecar: logins over HTTP, for applications in any language.
//!
//! It finds the row, has [`crate::auth`] check the password, and writes the better hash by swap. Or
//! it gives out a token, by which a user chooses a new password. It decides nothing about a value,
//! runs no job and prints nothing: events go to a [`SidecarObserver`].

// The ground: events, costs, limits, counts, the token, clients that leave, and what a sidecar is
// given.

mod error;
mod event;
mod limit;
mod login_cost;
mod means;
mod metrics;
mod place;
mod presence;
mod token;

// What goes over the wire.

mod http;

// What answers a request: threads, connections, lists.

mod work;

// The routes and their document.

mod routes;

// The server around them.

mod server;

pub use error::ServeError;
pub use event::{SidecarEvent, SidecarObserver};
pub use login_cost::{LoginCost, LoginRate, ShownKind, ShownRows};
pub use means::Means;
pub use routes::document;
pub use server::{CurrentTls, ListenError, Listener, Sidecar, SidecarStop, listen};
pub use token::{BearerToken, CurrentToken, TokenError};
