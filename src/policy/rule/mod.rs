//! The rules as they were written: what they match, what they ask for, when they fall due.
//!
//! Which rule decides for a row is in `decide`.

mod when;

mod rules;

mod deadlines;
mod possible;

pub use deadlines::Deadlines;
pub use possible::{
    ActionSubject, Impossible, possible_for_class, possible_for_declared, possible_for_scheme,
    possible_for_wrapped,
};
pub use rules::{Deadline, ResetMode, Rule, Rules, Then};
pub use when::When;
