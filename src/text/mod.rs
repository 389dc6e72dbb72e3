//! Text as hashing needs it: canonical digests, decoded charsets, normalised answers.
//!
//! Nothing here knows a scheme; it only says which text two spellings stand for.

mod answer;
mod charset;
mod hex;

pub use answer::answer1;
pub use charset::{Charset, Undecodable, decode, encode};
pub use hex::{canonical_hex, is_hex, trim, unhex, unquoted};
