//! What is to be done with a value: the target, the rules, and the decision for one row.
//!
//! Pure functions over facts that others found out: it reads no database, hashes nothing, knows no clock, and what a
//! value is was decided in `scheme`.

mod action;
mod age;
mod estimate;
mod facts;
mod normalize;
mod reason;
mod target;
mod weaker;

mod rule;

mod decide;

pub use action::Action;
pub use age::Age;
pub use decide::{Decision, decide, waits_for};
pub use estimate::{Estimate, Machine, estimate};
pub use facts::{Facts, LastLogin};
pub use normalize::Normalize;
pub use reason::Reason;
pub use rule::{
    Deadline, Deadlines, How, Impossible, Rule, Rules, Then, What, When, possible_for_class,
    possible_for_declared, possible_for_scheme, possible_for_wrapped,
};
pub use target::{BelowOwasp, Target};
pub use weaker::weaker_than_target;
