//! The server: where it listens, how it serves clients, and how it stops. It knows no route by
//! name.

mod listen;
mod taken;

mod sidecar;

pub use listen::{CurrentTls, ListenError, Listener, listen};
pub use sidecar::{Sidecar, SidecarStop};
