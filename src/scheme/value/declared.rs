//! What a column was declared to hold.

use super::scheme::Scheme;

/// What a credential's `scheme` says about the values that carry no prefix of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Declared {
    /// Nothing: the shapes are all there is.
    Auto,
    /// They are of this scheme.
    Scheme(Scheme),
}
