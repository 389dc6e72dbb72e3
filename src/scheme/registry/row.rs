//! What a row of the registry holds.

use crate::scheme::family::Family;
use crate::scheme::value::{InnerId, Shape};

/// What kind of scheme it is, which says how its values are found and made.
#[derive(Clone, Copy)]
pub(in crate::scheme) enum SchemeKind {
    /// The password itself.
    Plaintext,
    /// A bare digest in hex, as an expression says, or as its family makes it where the text of the
    /// expression is empty.
    Digest(Shape, &'static str, &'static dyn Family),
    /// A digest in another text than hex, as an expression says.
    Text(&'static str),
    /// A string of a form of its own.
    Form(&'static dyn Family, FormTraits),
}

/// What is known of a form of its own.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::scheme) struct FormTraits {
    /// How many of its strings begin with what names the scheme.
    pub(in crate::scheme) prefix: PrefixUse,
    /// Whether it is a fast digest, or reversible: weak whatever its parameters.
    pub(in crate::scheme) weak: bool,
    /// Whether two users with the same password have two different values.
    pub(in crate::scheme) salted: bool,
}

/// How many of a scheme's strings carry its prefix. Without one, the scheme has to be declared.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::scheme) enum PrefixUse {
    /// Every string.
    All,
    /// Some of its strings; the others are plain.
    Partly,
    /// No string.
    Never,
}

/// One row.
pub(in crate::scheme) struct SchemeRow {
    pub(in crate::scheme) name: &'static str,
    pub(in crate::scheme) kind: SchemeKind,
    /// The id under which its values are wrapped; none where they can't be.
    pub(in crate::scheme) inner: Option<InnerId>,
    /// One line on it for people.
    pub(in crate::scheme) about: &'static str,
}
