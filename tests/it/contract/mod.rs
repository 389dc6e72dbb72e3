//! The contract suite: what a run leans on, proven over the store alone on every database.
//!
//! Each file is a part of the contract. What is looked at goes round the store, by a connection of the harness.

mod setup;

mod joined;
mod keys;
mod ledger;
mod locks;
#[cfg(feature = "failpoints")]
mod lost;
mod neighbours;
mod on_reset;
mod reach;
mod rights;
#[cfg(feature = "failpoints")]
mod server_errors;
mod swap;
mod values;
