//! Why `run --execute` would refuse, and what the operator can do about it.

/// Why `run --execute` would refuse.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// What.
    pub what: String,
    /// What to do.
    pub hint: String,
}
