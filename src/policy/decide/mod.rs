//! The decision for one row, by the rules and the facts.

mod action;
mod decision;
mod row;
mod waits;

pub use decision::Decision;
pub use row::decide;
pub use waits::waits_for;

#[cfg(test)]
mod tests;
