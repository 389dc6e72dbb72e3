//! Text as hashing needs it: canonical digests, decoded charsets, normalised answers.
//!
//! It knows no scheme. It only says which spellings stand for the same text.

mod answer;
mod charset;
mod hex;

pub use answer::answer1;
pub use charset::{Charset, Undecodable, decode, encode, in_charset};
pub use hex::{canonical_hex, is_hex, trim, unhex, unquote};
