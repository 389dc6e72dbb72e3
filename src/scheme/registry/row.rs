//! What a row of the registry holds.

use crate::scheme::family::Family;
use crate::scheme::value::{InnerId, Shape};

/// What kind of scheme it is, which says how its values are found and made.
#[derive(Clone, Copy)]
pub(in crate::scheme) enum Kind {
    /// The password itself.
    Plaintext,
    /// A bare digest in hex, as an expression says.
    Digest(Shape, &'static str),
    /// A digest in another text than hex, as an expression says.
    Text(&'static str),
    /// A string of a form of its own.
    Form(&'static dyn Family, Form),
}

/// What is known of a form of its own.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::scheme) struct Form {
    /// Whether the string says itself what it is; if not, its scheme has to be declared.
    pub(in crate::scheme) marked: bool,
    /// Whether it is a fast digest, or reversible: weak whatever its parameters.
    pub(in crate::scheme) weak: bool,
    /// Whether two users with the same password have the same value.
    pub(in crate::scheme) salted: bool,
}

/// One row.
pub(in crate::scheme) struct Info {
    pub(in crate::scheme) name: &'static str,
    pub(in crate::scheme) kind: Kind,
    pub(in crate::scheme) inner: Option<InnerId>,
    pub(in crate::scheme) about: &'static str,
}
