//! What one stored value is, given what its column was declared to hold.

mod lock_markers;
mod order;

#[cfg(test)]
mod tests;

pub use order::{VALUE_BYTES_MAX, recognise, recognise_joined};
