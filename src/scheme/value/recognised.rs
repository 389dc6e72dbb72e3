//! What one stored value was recognised as.
//!
//! How it is recognised stands in `recognise`.

use std::fmt;

use super::class::Class;
use super::inner_id::InnerId;
use super::missing_salt::SaltBeside;
use super::scheme::Scheme;
use super::shape::Shape;
use super::strength::Strength;

/// What one stored value is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Recognised<'v> {
    /// SQL's NULL.
    Null,
    /// The empty string; padding alone counts as empty, except in a column declared plaintext.
    Empty,
    /// A locked account; the marker's name is safe to print.
    Marker(&'static str),
    /// saltern's own dead value, `!saltern:…`.
    Dead,
    /// saltern's own wrapped value.
    Wrapped {
        /// The native scheme around it.
        outer: Scheme,
        /// What stands inside.
        inner: InnerId,
        /// The strength of the native scheme with these parameters.
        params: Strength,
    },
    /// A string that carries its own prefix.
    Native {
        /// The scheme that the prefix names.
        scheme: Scheme,
        /// Its strength with the parameters in the string.
        params: Strength,
    },
    /// A bare digest in hex.
    Digest {
        /// Its length.
        shape: Shape,
        /// The declared scheme; none under `auto`.
        scheme: Option<Scheme>,
    },
    /// A password byte for byte, in a column declared plaintext.
    Plaintext(&'v [u8]),
    /// A value in a column declared plaintext that has the form of a digest or of a hash. Nobody
    /// can tell which it is.
    LooksHashed,
    /// No text in UTF-8.
    Undecodable,
    /// Longer than [`crate::scheme::VALUE_BYTES_MAX`].
    TooLong,
    /// None of all these.
    Unknown,
}

impl Recognised<'_> {
    /// The same, given what stands in the column of the salt. A bare digest without its salt is of
    /// no scheme that was declared for those with one.
    #[must_use]
    pub fn beside(self, salt: SaltBeside) -> Self {
        match (self, salt) {
            (Self::Digest { shape, scheme }, SaltBeside::Missing(missing)) => {
                let lacking = shape.lacking(missing);
                Self::Digest {
                    shape: lacking,
                    scheme: scheme.filter(|_| lacking == shape),
                }
            }
            (other, _) => other,
        }
    }

    /// The class of the value, given the strength that is aimed at.
    pub fn class(&self, target: &Strength) -> Class {
        match self {
            Self::Null => Class::Null,
            Self::Empty => Class::Empty,
            Self::Marker(_) | Self::Dead => Class::Locked,
            Self::Plaintext(_) => Class::Plaintext,
            Self::Digest { .. } => Class::Weak,
            Self::Native { params, .. } | Self::Wrapped { params, .. } => match params {
                Strength::Fast => Class::Weak,
                slow if slow.weaker_than(target) => Class::Slow,
                _ => Class::Strong,
            },
            Self::LooksHashed | Self::Undecodable | Self::TooLong | Self::Unknown => Class::Unknown,
        }
    }

    /// The scheme, where it is known: of a wrapped value the one around it.
    pub fn scheme(&self) -> Option<Scheme> {
        match self {
            Self::Native { scheme, .. } | Self::Wrapped { outer: scheme, .. } => Some(*scheme),
            Self::Digest { scheme, .. } => *scheme,
            Self::Plaintext(_) => Some(Scheme::PLAINTEXT),
            _ => None,
        }
    }

    /// Whether a run must set the value aside and say so.
    pub fn is_quarantined(&self) -> bool {
        matches!(self, Self::LooksHashed | Self::Undecodable | Self::TooLong)
    }
}

/// Shows what the value is and nothing of the value.
impl fmt::Debug for Recognised<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("Null"),
            Self::Empty => f.write_str("Empty"),
            Self::Marker(name) => write!(f, "Marker({name:?})"),
            Self::Dead => f.write_str("Dead"),
            Self::Wrapped { outer, inner, .. } => write!(f, "Wrapped({outer} over {inner})"),
            Self::Native { scheme, params } => write!(f, "Native({scheme}, {params:?})"),
            Self::Digest {
                shape,
                scheme: Some(scheme),
            } => write!(f, "Digest({shape}, {scheme})"),
            Self::Digest {
                shape,
                scheme: None,
            } => write!(f, "Digest({shape})"),
            Self::Plaintext(_) => f.write_str("Plaintext(..)"),
            Self::LooksHashed => f.write_str("LooksHashed"),
            Self::Undecodable => f.write_str("Undecodable"),
            Self::TooLong => f.write_str("TooLong"),
            Self::Unknown => f.write_str("Unknown"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_of_a_plaintext_shows_nothing_of_it() {
        assert_eq!(
            format!("{:?}", Recognised::Plaintext(b"hunter2")),
            "Plaintext(..)"
        );
    }
}
