//! What a stored value is, how strong it is, and how to check a password against it.
//!
//! Pure functions over bytes: no clock, no randomness, no database. What to do about a value is decided in `policy`;
//! hashing in bulk is `kernel`'s.

mod class;
mod dialect;
mod digest;
mod expression;
mod family;
mod forms;
mod habit;
mod identify;
mod inner;
mod mark;
mod marker;
mod native;
mod recognise;
mod registry;
mod shape;
mod slow;
mod specimen;
mod strength;
mod table;
mod taken;
mod verify;

#[cfg(test)]
mod page;
#[cfg(test)]
mod vectors;

pub use class::{Class, Declared, Recognised};
pub use dialect::{Dialect, Mark};
pub use digest::{digest, inner_text};
pub use expression::{ExpressionError, expression_digest, expression_text};
pub use identify::{Candidate, identify};
pub use inner::InnerId;
pub use mark::{Unmarked, is_saltern, relabel, unmark, wrap};
pub use native::{BcryptPrefix, Outer, OuterError, format, longest, mark_len, outer_input};
pub use recognise::{VALUE_BYTES_MAX, recognise};
pub use registry::{Needs, REGISTRY_VERSION, Scheme};
pub use shape::Shape;
pub use slow::derive;
pub use specimen::specimen;
pub use strength::{Argon2Variant, Prf, Strength};
pub use taken::{Taken, reveal, take};
pub use verify::{Context, VerifyError, make, opens_taken, spellings, verify, verify_as};
