//! Which rows hold a password that every attacker tries: those of word lists, and of lists of
//! digests in the format of Have I Been Pwned.
//!
//! Values and passwords become fingerprints of 128 bits ([`Fingerprint`]). The fingerprints of a
//! column are gathered in bounded memory ([`Gather`]) and laid out for look-ups ([`Fingerprints`]).
//! They are matched with words ([`WordBlocks`], [`Matcher`]) or with an ordered list ([`Pwned`]).
//! The result is [`ListVerdicts`]: a value is known, was not found, or was not judged, with the
//! reason.
//!
//! Nothing here opens a file, starts a thread or reads a clock.

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
pub use matcher::{Matcher, salted_opens};
pub use pwned::{Pwned, PwnedStep};
pub use pwned_lines::PwnedError;
pub use word_blocks::{WORD_BYTES_MAX, WordBlock, WordBlocks};
