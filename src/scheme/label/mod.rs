//! The label of a wrapped value: the inner id in the name of the outer hash, and `$is=…` at the
//! end.
//!
//! It is written in one dialect and read in every one, whatever is configured.

mod adopt;
mod input;
mod length;
mod names;
mod native;
mod read;
mod relabel;
mod write;

mod maker;

pub use adopt::adopt;
pub(in crate::scheme) use input::base64_sha384;
pub use input::{OuterError, OuterInput, bcrypt_takes, outer_input};
pub use length::{label_len, longest};
pub use maker::ValueMaker;
pub use native::native_string;
pub(in crate::scheme) use read::{DEAD_PREFIX, may_be_labelled, split};
pub use read::{Unlabelled, is_saltern, unlabel};
pub use relabel::relabel;
pub use write::{Label, wrap};
