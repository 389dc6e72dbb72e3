//! The handle of a scheme: a number in the registry.
//!
//! What a scheme is called and does, and the constant of each, stand in `registry`.

/// A scheme: a handle into the registry.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Scheme(u16);

impl Scheme {
    /// The handle of the row with that number.
    pub(in crate::scheme) const fn of_row(row: u16) -> Self {
        Self(row)
    }

    /// The number of its row.
    pub(in crate::scheme) const fn row(self) -> usize {
        self.0 as usize
    }
}
