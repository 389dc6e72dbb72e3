//! The lines of a list of digests, and the errors of a list.

use std::io;

use thiserror::Error;

use super::fingerprint::{Fingerprint, IN_PWNED, PwnedKind};
use crate::census::bits::front;

/// The longest line, in bytes: 40 digits, a colon, the digits of a count, the end of the line.
pub(super) const LINE_BYTES_MAX: usize = 64;

/// A window of whole lines that follow one another.
#[derive(Default)]
pub(super) struct Window {
    /// The byte where the first line begins.
    pub(super) from: u64,
    /// The byte where the line after the last begins.
    pub(super) to: u64,
    /// The first 128 bits of each line's digest.
    pub(super) fronts: Vec<u128>,
}

/// Why a list can't be used. It quotes nothing of the list.
#[derive(Debug, Error)]
pub enum PwnedError {
    /// It can't be read.
    #[error("it can't be read")]
    Read(#[from] io::Error),
    /// A line does not have the form `HEX:count`.
    #[error("at byte {at_byte} there is no line of the form HEX:count with {digits} hex digits")]
    Line {
        /// Where.
        at_byte: u64,
        /// How many hex digits the first line has.
        digits: usize,
    },
    /// The first line is of neither kind.
    #[error("its first line is not of the form HEX:count with 40 (SHA-1) or 32 (NTLM) hex digits")]
    FirstLine,
    /// It is not ordered by digest.
    #[error(
        "it is not ordered by its digests: the line at byte {at_byte} stands behind a greater one"
    )]
    Order {
        /// Where.
        at_byte: u64,
    },
}

impl Window {
    /// The last fingerprint, as far as there is one.
    pub(super) fn last(&self) -> Option<u128> {
        self.fronts.last().copied()
    }
}

/// The fingerprint of a line's digest; none where the line has another form.
pub(super) fn front_of(line: &[u8], kind: PwnedKind) -> Option<u128> {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let (digits, count) = (line.get(..kind.digits())?, line.get(kind.digits()..)?);
    let count = count.strip_prefix(b":")?;
    if count.is_empty() || !count.iter().all(u8::is_ascii_digit) {
        return None;
    }
    front(digits).map(|bits| Fingerprint(bits | IN_PWNED).0)
}
