//! What one value may be, where nothing is declared.

mod application_salts;
mod candidates;

pub use candidates::{Candidate, identify};
