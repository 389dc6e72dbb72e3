//! The rules as they were written: which facts they match, what they ask for, when they fall due.

mod deadlines;
mod possible;
mod rules;
mod when;

pub use deadlines::Deadlines;
pub use possible::{
    Impossible, What, possible_for_class, possible_for_declared, possible_for_scheme,
    possible_for_wrapped,
};
pub use rules::{Deadline, How, Rule, Rules, Then};
pub use when::When;
