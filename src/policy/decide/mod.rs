//! The decision for one row: the first rule that matches and can be done, or else the default.
//!
//! A rule is passed over for a row that its action can't be done to. For example, a marker can't be
//! wrapped, even by a rule without a `when`. Then the rules after it and the default decide.
//!
//! There is one exception: a weak digest whose scheme is neither declared nor proven. A rule that
//! would wrap it keeps it and says so, so that the run can refuse.
//!
//! This folder reads nothing and writes nothing. The facts are given, the clock too.

mod action;
mod decision;
mod row;
mod waits;

pub use decision::Decision;
pub use row::decide;
pub use waits::waits_for;

#[cfg(test)]
mod tests;
