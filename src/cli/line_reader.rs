//! Reads lines of any bytes from a file or from standard input, in batches of whole lines and in
//! bounded memory.
//!
//! A batch is the result of one read. A program that writes one line and waits for the answer gets
//! it.

use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::Path;

use zeroize::Zeroizing;

use super::failure::Failure;

/// The size of the buffer, and the longest line that is read.
const BUFFER_BYTES: usize = 1 << 20;

/// The source of the lines and its buffer. The buffer may hold passwords, so it is wiped.
pub(super) struct LineReader<R> {
    source: R,
    buffer: Zeroizing<Vec<u8>>,
    /// The bytes in the buffer that were not returned yet.
    kept: std::ops::Range<usize>,
    /// Nothing was read yet, so a byte order mark may come first.
    at_start: bool,
    ended: bool,
}

/// What [`LineReader::batch`] returns.
pub(super) enum LineBatch<'a> {
    /// Whole lines. The last line of a file may have no line feed.
    Lines(&'a [u8]),
    /// One line longer than the buffer was skipped.
    TooLong,
}

/// Opens the file. Without a name, or with `-`, it is standard input.
pub(super) fn open(file: Option<&Path>) -> Result<LineReader<Box<dyn Read>>, Failure> {
    let source: Box<dyn Read> = match file.filter(|path| *path != Path::new("-")) {
        None => Box::new(io::stdin()),
        Some(path) => Box::new(File::open(path).map_err(|error| {
            Failure::usage(
                format!("cannot read {}: {error}", path.display()),
                "name a file that can be read, or give the lines on standard input".to_owned(),
            )
        })?),
    };
    Ok(LineReader::new(source))
}

/// The lines of a batch, without their line ends.
pub(super) fn split(batch: &[u8]) -> impl Iterator<Item = &[u8]> {
    batch.split_inclusive(|byte| *byte == b'\n').map(|line| {
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        line.strip_suffix(b"\r").unwrap_or(line)
    })
}

impl<R: Read> LineReader<R> {
    pub(super) fn new(source: R) -> Self {
        Self {
            source,
            buffer: Zeroizing::new(vec![0; BUFFER_BYTES]),
            kept: 0..0,
            at_start: true,
            ended: false,
        }
    }

    /// The next batch. None at the end of the source.
    pub(super) fn batch(&mut self) -> Result<Option<LineBatch<'_>>, Failure> {
        let is_line_feed = |byte: &u8| *byte == b'\n';
        self.buffer.copy_within(self.kept.clone(), 0);
        self.kept = 0..self.kept.len();
        // Whole lines may be left behind a line that was skipped.
        if let Some(at) = self.buffer[..self.kept.end].iter().rposition(is_line_feed) {
            self.kept.start = at + 1;
            return Ok(Some(LineBatch::Lines(&self.buffer[..at + 1])));
        }
        let mut skipping = false;
        while !self.ended {
            if self.kept.end == self.buffer.len() {
                skipping = true;
                self.kept = 0..0;
            }
            let fresh = self.fill()?;
            let end_of = |at: usize| fresh.start + at + 1;
            if skipping {
                if let Some(at) = self.buffer[fresh.clone()].iter().position(is_line_feed) {
                    self.kept = end_of(at)..self.kept.end;
                    return Ok(Some(LineBatch::TooLong));
                }
                self.kept = 0..0;
            } else if let Some(at) = self.buffer[fresh.clone()].iter().rposition(is_line_feed) {
                let end = end_of(at);
                self.kept = end..self.kept.end;
                return Ok(Some(LineBatch::Lines(&self.buffer[..end])));
            }
        }
        if skipping {
            return Ok(Some(LineBatch::TooLong));
        }
        let rest = std::mem::take(&mut self.kept);
        Ok((!rest.is_empty()).then(|| LineBatch::Lines(&self.buffer[rest])))
    }

    /// Reads once, behind the kept bytes. Returns the range of the new bytes.
    fn fill(&mut self) -> Result<std::ops::Range<usize>, Failure> {
        const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";
        let start = self.kept.end;
        let read = loop {
            match self.source.read(&mut self.buffer[start..]) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                read => break read,
            }
        };
        let read = read.map_err(|error| {
            Failure::usage(
                format!("cannot read the input: {error}"),
                "name a file that can be read, or give the lines on standard input".to_owned(),
            )
        })?;
        self.ended = read == 0;
        self.kept.end = start + read;
        if self.at_start && self.buffer[..self.kept.end].starts_with(BYTE_ORDER_MARK) {
            self.buffer
                .copy_within(BYTE_ORDER_MARK.len()..start + read, 0);
            self.kept.end -= BYTE_ORDER_MARK.len();
        }
        self.at_start = false;
        Ok(start.min(self.kept.end)..self.kept.end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A source that gives at most so many bytes at each read.
    struct Drip<'a>(&'a [u8], usize);

    impl Read for Drip<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let n = self.1.min(self.0.len()).min(buffer.len());
            buffer[..n].copy_from_slice(&self.0[..n]);
            self.0 = &self.0[n..];
            Ok(n)
        }
    }

    fn check(input: &[u8], expected: &[&[u8]]) {
        for step in [1, 2, 3, 7, 1 << 16, usize::MAX] {
            // Files and pipes return a byte order mark in one piece.
            if input.starts_with(b"\xef") && step < 3 {
                continue;
            }
            let mut lines = LineReader::new(Drip(input, step));
            let mut found: Vec<Vec<u8>> = Vec::new();
            while let Some(batch) = lines.batch().expect("a source without errors") {
                match batch {
                    LineBatch::Lines(lines) => found.extend(split(lines).map(<[u8]>::to_vec)),
                    LineBatch::TooLong => found.push(b"<too long>".to_vec()),
                }
            }
            assert_eq!(found, expected, "{step} bytes a read");
        }
    }

    #[test]
    fn lines_end_in_a_line_feed_with_or_without_a_carriage_return() {
        check(b"", &[]);
        check(b"\n", &[b""]);
        check(b"a\n\nb\r\nc", &[b"a", b"", b"b", b"c"]);
        check(b"a\r\r\n\xff\0\n", &[b"a\r", b"\xff\0"]);
    }

    #[test]
    fn a_byte_order_mark_is_no_part_of_the_first_line() {
        check(b"\xef\xbb\xbfa\nb\n", &[b"a", b"b"]);
        check(b"\xef\xbb\xbf", &[]);
    }

    #[test]
    fn a_line_longer_than_the_buffer_is_skipped_and_the_next_is_not() {
        let long = vec![b'x'; 2 * BUFFER_BYTES + 5];
        for step in [1 << 16, usize::MAX] {
            let input = [b"a\n", &long[..], b"\nb\nc\n", &long[..]].concat();
            let mut lines = LineReader::new(Drip(&input, step));
            let mut found = String::new();
            while let Some(batch) = lines.batch().expect("a source without errors") {
                match batch {
                    LineBatch::Lines(lines) => {
                        for line in split(lines) {
                            found.push_str(&String::from_utf8_lossy(line));
                        }
                    }
                    LineBatch::TooLong => found.push('!'),
                }
            }
            assert_eq!(found, "a!bc!");
        }
    }
}
