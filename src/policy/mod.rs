//! What is to be done with a value: the target, the rules, and the decision for one row.
//!
//! Pure functions over facts that are given. It reads no database, hashes nothing and has no clock.
//! What a value is, `scheme` says.

// The ground: words, the facts of a row, the target and what it costs.
mod action;
mod age;
mod estimate;
mod expected;
mod facts;
mod normalize;
mod reason;
mod scheme_group;
mod target;
mod weaker;

// The rules as they were written.
mod rule;

// What follows from them for one row.
mod decide;

pub use action::Action;
pub use age::Age;
pub use decide::{Decision, decide, waits_for};
pub use estimate::{Estimate, HashingCapacity, estimate};
pub use expected::Expected;
pub use facts::{Facts, LastLogin};
pub use normalize::Normalize;
pub use reason::Reason;
pub use rule::{
    ActionSubject, Deadline, Deadlines, Impossible, ResetMode, Rule, Rules, Then, When,
    possible_for_class, possible_for_declared, possible_for_scheme, possible_for_wrapped,
};
pub use scheme_group::SchemeGroup;
pub use target::{BelowOwasp, Target};
pub use weaker::weaker_than_target;
