//! Which rows hold a password that everybody has who guesses: word lists, and lists of digests as Have I Been Pwned gives them out.
//!
//! Values and passwords become fingers of 128 bits ([`Finger`]). The fingers of a column are gathered in bounded memory ([`Gather`]), laid
//! out to be looked up in ([`Fingers`]), and matched with words ([`WordBlocks`], [`Matcher`]) or with an ordered list ([`Pwned`]). What was
//! found is [`Known`], which says of a value whether it is known, was looked for in vain, or was not judged and why.
//!
//! Nothing here opens a file, has threads or a clock.

mod error;
mod finger;
mod fingers;
mod gather;
mod matcher;
mod pwned;
mod verdict;
mod words;

pub use error::ListError;
pub use finger::{Finger, Lists, PwnedKind, Way};
pub use fingers::Fingers;
pub use gather::{Gather, Gathered};
pub use matcher::{Matcher, Salting, salted_opens};
pub use pwned::{Pwned, PwnedError, PwnedStep};
pub use verdict::{Judgement, Known, KnownCounts, Why};
pub use words::{WORD_BYTES_MAX, WordBlock, WordBlocks};
