//! Searches a list in the format of Have I Been Pwned: `HEX:count` a line, ordered by the digest,
//! tens of gigabytes.
//!
//! The search takes fingerprints in their order and moves a window from the front of the list to
//! the back. For many fingerprints the list is read once from end to end. For few, most of it is
//! jumped over.

use std::io::{Read, Seek, SeekFrom};

use super::fingerprint::{IN_PWNED, PwnedKind};
use super::fingerprints::Fingerprints;
use super::pwned_lines::{LINE_BYTES_MAX, PwnedError, Window, front_of};

/// How many bytes of the list are in memory at once: some six thousand lines.
const WINDOW_BYTES: usize = 256 << 10;

/// An open list.
pub struct Pwned<R> {
    source: R,
    kind: PwnedKind,
    bytes: u64,
    window: Window,
    buffer: Vec<u8>,
    window_bytes: usize,
    bytes_read: u64,
}

/// How far a search has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PwnedStep {
    /// How many fingerprints have been looked for.
    pub looked_for: usize,
    /// The byte of the list that the search has come to.
    pub at_byte: u64,
}

impl<R: Read + Seek> Pwned<R> {
    /// Reads the list's first lines, which tell its kind.
    ///
    /// # Errors
    /// If the source can't be read or is no such list.
    pub fn open(source: R) -> Result<Self, PwnedError> {
        Self::of(source, WINDOW_BYTES)
    }

    fn of(mut source: R, window_bytes: usize) -> Result<Self, PwnedError> {
        let bytes = source.seek(SeekFrom::End(0))?;
        source.seek(SeekFrom::Start(0))?;
        let mut first = Vec::new();
        source
            .by_ref()
            .take(LINE_BYTES_MAX as u64)
            .read_to_end(&mut first)?;
        let kind = match first.iter().position(|byte| *byte == b':') {
            Some(40) => PwnedKind::Sha1,
            Some(32) => PwnedKind::Ntlm,
            _ => return Err(PwnedError::FirstLine),
        };
        let mut list = Self {
            source,
            kind,
            bytes,
            window: Window::default(),
            buffer: Vec::new(),
            window_bytes,
            bytes_read: 0,
        };
        list.window = list.load(0, Start::Line)?;
        Ok(list)
    }

    /// Which digests the list holds.
    pub fn kind(&self) -> PwnedKind {
        self.kind
    }

    /// Its size in bytes.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// How many bytes have been read so far.
    pub fn bytes_read(&self) -> u64 {
        self.bytes_read
    }

    /// Looks for fingerprints from number `from` on, until about `step_bytes` bytes have been read.
    ///
    /// Only fingerprints of the list's kind are looked for. The places of those that the list has
    /// go into `found`. A search goes from the first fingerprint to the last, step by step.
    ///
    /// # Errors
    /// If the list can't be read, or a line or the order is not as it should be.
    pub fn search(
        &mut self,
        fingerprints: &Fingerprints,
        from: usize,
        step_bytes: u64,
        found: &mut Vec<usize>,
    ) -> Result<PwnedStep, PwnedError> {
        let until = self.bytes_read.saturating_add(step_bytes);
        let mut looked_for = from;
        let mut line = 0;
        while let Some(fingerprint) = fingerprints.sorted().get(looked_for) {
            if fingerprint & IN_PWNED == 0 {
                looked_for += 1;
                continue;
            }
            let is_behind = |window: &Window| window.last().is_some_and(|last| last < *fingerprint);
            if is_behind(&self.window) && self.window.to < self.bytes {
                if self.bytes_read >= until {
                    break;
                }
                self.go_to(*fingerprint)?;
                line = 0;
                continue;
            }
            let fronts = &self.window.fronts;
            // The line is usually near by. It is far away after most of the window was jumped over.
            if fronts
                .get(line + 8)
                .is_some_and(|front| front < fingerprint)
            {
                line += fronts[line..].partition_point(|front| front < fingerprint);
            }
            while fronts.get(line).is_some_and(|front| front < fingerprint) {
                line += 1;
            }
            if fronts.get(line) == Some(fingerprint) {
                found.push(looked_for);
            }
            looked_for += 1;
        }
        Ok(PwnedStep {
            looked_for,
            at_byte: self.window.to,
        })
    }

    /// Moves the window forward to where the fingerprint would stand, or nearer to it.
    fn go_to(&mut self, fingerprint: u128) -> Result<(), PwnedError> {
        let at = self.window.to;
        let mut guess = self.guess(fingerprint);
        // A guess that is close by is not worth a jump.
        while guess > at + 2 * self.window_bytes as u64 {
            let there = self.load(guess, Start::Anywhere)?;
            let is_early = there
                .fronts
                .first()
                .is_some_and(|first| *first <= fingerprint);
            self.check_behind(&there)?;
            if is_early {
                self.window = there;
                return Ok(());
            }
            guess = at + (guess - at) / 2;
        }
        let next = self.load(at, Start::Line)?;
        self.check_behind(&next)?;
        self.window = next;
        Ok(())
    }

    /// Checks that a window further on begins with no smaller digest.
    fn check_behind(&self, there: &Window) -> Result<(), PwnedError> {
        match (self.window.last(), there.fronts.first()) {
            (Some(last), Some(first)) if *first < last => Err(PwnedError::Order {
                at_byte: there.from,
            }),
            _ => Ok(()),
        }
    }

    /// Guesses a byte somewhat before the fingerprint's line.
    ///
    /// Digests are spread evenly over the rest of the list, give or take the square root of the
    /// lines in between. The guess lies four times that before the expected byte.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a share of the list's size, from nothing to all of it"
    )]
    fn guess(&self, fingerprint: u128) -> u64 {
        let last = self.window.last().unwrap_or(0);
        let share = (fingerprint - last) as f64 / (u128::MAX - last).max(1) as f64;
        let ahead = (self.bytes - self.window.to) as f64 * share;
        let line_bytes = (self.kind.digits() + 5) as f64;
        let before = 4.0 * (ahead * line_bytes).sqrt() + self.window_bytes as f64 / 2.0;
        self.window.to + (ahead - before).max(0.0) as u64
    }

    /// Reads the lines from that byte on.
    fn load(&mut self, from: u64, start: Start) -> Result<Window, PwnedError> {
        self.source.seek(SeekFrom::Start(from))?;
        self.buffer.clear();
        let wanted = self.window_bytes.max(2 * LINE_BYTES_MAX);
        self.source
            .by_ref()
            .take(wanted as u64)
            .read_to_end(&mut self.buffer)?;
        self.bytes_read += self.buffer.len() as u64;
        let is_end = from + self.buffer.len() as u64 >= self.bytes;
        let line_end = |bytes: &[u8]| bytes.iter().position(|byte| *byte == b'\n');
        let mut at = match start {
            Start::Line => 0,
            Start::Anywhere => line_end(&self.buffer).map_or(self.buffer.len(), |end| end + 1),
        };
        let mut window = Window {
            from: from + at as u64,
            to: 0,
            fronts: Vec::with_capacity(self.buffer.len() / 40),
        };
        while at < self.buffer.len() {
            let rest = &self.buffer[at..];
            let (line, next) = match line_end(rest) {
                Some(end) => (&rest[..end], at + end + 1),
                None if is_end => (rest, self.buffer.len()),
                None if rest.len() > LINE_BYTES_MAX => return Err(self.no_line(from + at as u64)),
                None => break,
            };
            let bits = front_of(line, self.kind).ok_or_else(|| self.no_line(from + at as u64))?;
            if window.fronts.last().is_some_and(|last| *last > bits) {
                return Err(PwnedError::Order {
                    at_byte: from + at as u64,
                });
            }
            window.fronts.push(bits);
            at = next;
        }
        window.to = from + at as u64;
        Ok(window)
    }

    fn no_line(&self, at_byte: u64) -> PwnedError {
        PwnedError::Line {
            at_byte,
            digits: self.kind.digits(),
        }
    }
}

/// Where a window is read from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Start {
    /// The beginning of a line.
    Line,
    /// Anywhere: the rest of the line there is passed over.
    Anywhere,
}

#[cfg(test)]
mod tests;
