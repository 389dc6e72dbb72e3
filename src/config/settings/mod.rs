//! What a configuration says, checked. It reads nothing.

mod configuration;
mod credential;
mod on_reset;
mod serve;

pub use configuration::{DatabaseSource, KnownPasswords, LedgerNames, Settings};
pub use credential::Credential;
pub use on_reset::{Assignment, NewValue, OnReset};
pub use serve::{Listen, Pad, Serve, Tls};
