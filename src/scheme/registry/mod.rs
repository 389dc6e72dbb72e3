//! Every scheme: a row each, with its fixed id, and the expressions of users behind them.
//!
//! It holds what a scheme is. How its values are taken apart and made is its row's family.

mod candidates;
mod own;
mod platform;
mod row;
mod scheme;
mod site;
mod table;
mod take;
mod unread;

pub use scheme::REGISTRY_VERSION;
pub use take::{digest, inner_text, reveal, take};
pub use unread::Unread;
