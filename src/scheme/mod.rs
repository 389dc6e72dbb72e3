//! What a stored value is, how strong it is, and how to check a password against it.
//!
//! Pure functions over bytes: no clock, no randomness, no database. What to do about a value is
//! decided in `policy`; hashing in bulk is `kernel`'s.
//!
//! Each folder imports earlier folders only.

/// Words: the handle of a scheme, classes, shapes, strengths.
mod value;

/// The language of composed digests.
mod expression;

/// How each kind of string is spelt, read strictly and in place.
mod format;

/// The slow hashes, one at a time, within what a login may cost.
mod kdf;

/// How the values of each scheme are taken apart, and made of a password.
mod family;

/// Every scheme: a row each, with its fixed id.
mod registry;

/// The label of a wrapped value, written and read in every dialect.
mod label;

/// The lines by which a platform's login makes the inner text of a label.
mod reader;

/// What one stored value is, given what its column was declared to hold.
mod recognise;

/// Whether a password opens a stored value.
mod verify;

/// What one value may be, where nothing is declared.
mod identify;

#[cfg(test)]
mod expression_page;
#[cfg(test)]
mod labels_page;
#[cfg(test)]
mod page;
#[cfg(test)]
pub(crate) mod vectors;

pub use expression::{ExpressionError, expression_digest, expression_text};
pub use identify::{Candidate, identify};
#[cfg(test)]
pub(crate) use kdf::{computed_by, weighed};
pub use kdf::{derive, outer_hashes, outer_work, tallied};
pub use label::{
    Label, OuterError, OuterInput, Unlabelled, ValueMaker, adopt, bcrypt_takes, is_saltern,
    label_len, longest, native_string, outer_input, relabel, unlabel, wrap,
};
pub use reader::{ReaderLanguage, ReaderLine, digest_digits, formula, reader_line};
pub use recognise::{VALUE_BYTES_MAX, recognise, recognise_joined};
pub use registry::{REGISTRY_VERSION, Unread, digest, inner_text, reveal, take};
pub use value::{
    Argon2Variant, BcryptPrefix, Class, CompanionReadings, CompanionTexts, Context, Declared,
    Dialect, HashKind, HashTally, InnerId, LoginWork, LoginWorkMax, MissingSalt, Needs, Otherwise,
    Outer, Prf, Recognised, SaltBeside, Scheme, Shape, Strength, Taken, TalliedHash, VerifyError,
    is_separator, joined_by, unpadded,
};
pub use verify::{
    InnerText, Opening, ReadExtent, WeighedValue, Weigher, hashes_of, make, open, opens_taken, pay,
    spellings, verify, verify_as, weigh,
};
