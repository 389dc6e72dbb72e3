//! What is to be done with a value: the target, the rules, and the decision for one row.
//!
//! Pure functions over facts that others found out: it reads no database, hashes nothing, knows no clock, and what a
//! value is was decided in `scheme`.

mod age;
mod decide;
mod estimate;
mod possible;
mod reason;
mod rule;
mod target;
mod weaker;

pub use age::Age;
pub use decide::{Deadlines, Decision, Facts, LastLogin, decide, waits_for};
pub use estimate::{Estimate, Machine, estimate};
pub use possible::{
    Impossible, What, possible_for_class, possible_for_declared, possible_for_scheme,
    possible_for_wrapped,
};
pub use reason::Reason;
pub use rule::{Action, Deadline, How, Normalize, Rule, Rules, Then, When};
pub use target::{BelowOwasp, Target};
pub use weaker::weaker_than_target;
