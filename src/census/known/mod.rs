//! Which rows hold a password that everybody has who guesses: word lists, and lists of digests as Have I Been Pwned gives them out.
//!
//! Values and passwords become fingers of 128 bits ([`Finger`]). The fingers of a column are gathered in bounded memory ([`Gather`]), laid
//! out to be looked up in ([`Fingers`]), and matched with words ([`WordBlocks`], [`Matcher`]) or with an ordered list ([`Pwned`]). What was
//! found is [`Known`], which says of a value whether it is known, was looked for in vain, or was not judged and why.
//!
//! Nothing here opens a file, has threads or a clock.

mod finger;
mod judgement;

mod fingers;
mod lists;

mod gather;
mod word_blocks;

mod matcher;
mod pwned_lines;

mod error;
mod pwned;

mod verdict;

pub use error::ListError;
pub use finger::{Finger, PwnedKind};
pub use fingers::Fingers;
pub use gather::{Gather, Gathered};
pub use judgement::{Judgement, KnownCounts, Why};
pub use lists::{Lists, Way};
pub use matcher::{Matcher, Salting, salted_opens};
pub use pwned::{Pwned, PwnedStep};
pub use pwned_lines::PwnedError;
pub use verdict::Known;
pub use word_blocks::{WORD_BYTES_MAX, WordBlock, WordBlocks};
