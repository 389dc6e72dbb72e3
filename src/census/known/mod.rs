//! Which rows hold a password that everybody has who guesses: word lists, and lists of digests as Have I Been Pwned gives them out.
//!
//! Values and passwords become fingerprints of 128 bits ([`Fingerprint`]). The fingerprints of a column are gathered in bounded memory ([`Gather`]), laid
//! out to be looked up in ([`Fingerprints`]), and matched with words ([`WordBlocks`], [`Matcher`]) or with an ordered list ([`Pwned`]). What was
//! found is [`ListVerdicts`], which says of a value whether it is known, was looked for in vain, or was not judged and why.
//!
//! Nothing here opens a file, has threads or a clock.

mod fingerprint;
mod judgement;

mod fingerprints;
mod lists;

mod gather;
mod word_blocks;

mod matcher;
mod pwned_lines;

mod error;
mod pwned;

mod list_verdicts;

pub use error::ListError;
pub use fingerprint::{Fingerprint, PwnedKind};
pub use fingerprints::Fingerprints;
pub use gather::{Gather, Gathered};
pub use judgement::{Judgement, KnownCounts, UnjudgedReason};
pub use list_verdicts::ListVerdicts;
pub use lists::{Lists, Way};
pub use matcher::{Matcher, Salting, salted_opens};
pub use pwned::{Pwned, PwnedStep};
pub use pwned_lines::PwnedError;
pub use word_blocks::{WORD_BYTES_MAX, WordBlock, WordBlocks};
