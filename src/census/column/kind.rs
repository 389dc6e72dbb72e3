//! What makes two rows fall into one line, and a value that stands for them.

use crate::scheme::{Class, InnerId, Recognised, Scheme, Shape};

/// What makes two rows fall into one line.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum LineKind {
    Null,
    Empty,
    Marker(&'static str),
    Dead,
    Wrapped(Scheme, InnerId, Class),
    Native(Scheme, Class),
    Digest(Shape),
    Plaintext,
    /// In a column declared plaintext, what may be a digest by chance. The whole column tells.
    Chance(Shape),
    /// A plaintext answer of which nothing is left after normalising.
    BlankAnswer,
    LooksHashed,
    Undecodable,
    TooLong,
    Unknown,
}

/// A value of the same kind that holds nothing from the column.
pub(super) fn specimen(recognised: &Recognised<'_>, key: LineKind) -> Recognised<'static> {
    match *recognised {
        Recognised::Null => Recognised::Null,
        Recognised::Empty => Recognised::Empty,
        Recognised::Marker(name) => Recognised::Marker(name),
        Recognised::Dead => Recognised::Dead,
        Recognised::Wrapped {
            outer,
            inner,
            params,
        } => Recognised::Wrapped {
            outer,
            inner,
            params,
        },
        Recognised::Native { scheme, params } => Recognised::Native { scheme, params },
        Recognised::Digest { shape, scheme } => Recognised::Digest { shape, scheme },
        Recognised::Plaintext(_) if key == LineKind::BlankAnswer => Recognised::Plaintext(b" "),
        Recognised::Plaintext(_) => Recognised::Plaintext(b"x"),
        Recognised::LooksHashed => Recognised::LooksHashed,
        Recognised::Undecodable => Recognised::Undecodable,
        Recognised::TooLong => Recognised::TooLong,
        Recognised::Unknown => Recognised::Unknown,
    }
}
