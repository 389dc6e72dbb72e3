//! The process: where it listens, and how it serves clients and stops.

mod listen;
mod sidecar;

pub use listen::{ListenError, Listener, listen};
pub use sidecar::{Sidecar, Stop};
