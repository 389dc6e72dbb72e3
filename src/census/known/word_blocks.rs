//! Reads a word list block by block. A word is a line of any bytes.

use std::io::{self, Read};
use std::ops::Range;

/// The longest word, in bytes. A longer line is no password; it is skipped and counted.
pub const WORD_BYTES_MAX: usize = 4_096;
/// How many bytes are read at once: some hundred thousand words.
const BLOCK_BYTES: usize = 4 << 20;

/// A word list, read from its beginning to its end.
pub struct WordBlocks<R> {
    source: R,
    /// Bytes that were read and not handed on yet: the beginning of a line.
    rest: Vec<u8>,
    /// Whether the line being read is too long already.
    is_skipping: bool,
    has_ended: bool,
    block_bytes: usize,
    too_long: u64,
    bytes_read: u64,
}

/// Some words of a list.
pub struct WordBlock {
    bytes: Vec<u8>,
    words: Vec<Range<u32>>,
}

impl<R: Read> WordBlocks<R> {
    /// Reads from the source's present position.
    pub fn new(source: R) -> Self {
        Self::of(source, BLOCK_BYTES)
    }

    fn of(source: R, block_bytes: usize) -> Self {
        Self {
            source,
            rest: Vec::new(),
            is_skipping: false,
            has_ended: false,
            block_bytes,
            too_long: 0,
            bytes_read: 0,
        }
    }

    /// How many lines were skipped as too long.
    pub fn too_long(&self) -> u64 {
        self.too_long
    }

    /// How many bytes have been read.
    pub fn bytes_read(&self) -> u64 {
        self.bytes_read
    }

    /// The next words; none at the end of the list.
    ///
    /// # Errors
    /// The error of the source.
    pub fn next_block(&mut self) -> io::Result<Option<WordBlock>> {
        if self.has_ended {
            return Ok(None);
        }
        let mut bytes = std::mem::take(&mut self.rest);
        let wanted = self.block_bytes as u64;
        let read = self.source.by_ref().take(wanted).read_to_end(&mut bytes)?;
        self.bytes_read += read as u64;
        self.has_ended = (read as u64) < wanted;
        let mut words = Vec::new();
        let mut from = 0;
        while let Some(len) = bytes[from..].iter().position(|byte| *byte == b'\n') {
            self.word(&mut words, &bytes, from..from + len);
            from += len + 1;
        }
        if self.has_ended {
            self.word(&mut words, &bytes, from..bytes.len());
        } else if self.is_skipping || bytes.len() - from > WORD_BYTES_MAX + 1 {
            // The line's end is still to come. Nothing of the line is kept until then.
            self.is_skipping = true;
        } else {
            self.rest = bytes[from..].to_vec();
        }
        Ok(Some(WordBlock { bytes, words }))
    }

    fn word(&mut self, words: &mut Vec<Range<u32>>, bytes: &[u8], mut line: Range<usize>) {
        if bytes[line.clone()].ends_with(b"\r") {
            line.end -= 1;
        }
        if std::mem::take(&mut self.is_skipping) || line.len() > WORD_BYTES_MAX {
            self.too_long += 1;
        } else if !line.is_empty() {
            // A block has a few megabytes, so 32 bits are enough.
            words.push(line.start as u32..line.end as u32);
        }
    }
}

impl WordBlock {
    /// How many words the block has.
    pub fn len(&self) -> usize {
        self.words.len()
    }

    /// Whether the block has no word.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// The words with those numbers. Numbers beyond the last word give nothing.
    pub fn words(&self, numbers: Range<usize>) -> impl Iterator<Item = &[u8]> {
        let end = numbers.end.min(self.words.len());
        self.words[numbers.start.min(end)..end]
            .iter()
            .map(|word| &self.bytes[word.start as usize..word.end as usize])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The words of a list in blocks of any size, and how many lines were too long.
    fn read(text: &[u8]) -> (Vec<Vec<u8>>, u64) {
        let mut readings = [1, 2, 7, 64, 5_000, 1 << 20].map(|block_bytes| {
            let mut blocks = WordBlocks::of(text, block_bytes);
            let mut words = Vec::new();
            while let Some(block) = blocks.next_block().expect("memory can be read") {
                words.extend(block.words(0..block.len()).map(<[u8]>::to_vec));
            }
            assert_eq!(blocks.bytes_read(), text.len() as u64);
            (words, blocks.too_long())
        });
        for reading in &readings[1..] {
            assert_eq!(reading, &readings[0]);
        }
        std::mem::take(&mut readings[0])
    }

    fn check(text: &[u8], words: &[&[u8]], too_long: u64) {
        let (read, long) = read(text);
        assert_eq!(read, words);
        assert_eq!(long, too_long);
    }

    #[test]
    fn a_word_is_a_line_without_its_end() {
        check(b"", &[], 0);
        check(b"a\nb", &[b"a", b"b"], 0);
        check(b"a\r\nb\r\n", &[b"a", b"b"], 0);
        check(b"\n\r\n a \n\n", &[b" a "], 0);
        check(b"caf\xe9\n\x00\xff\n", &[b"caf\xe9", b"\x00\xff"], 0);
    }

    #[test]
    fn a_line_that_is_too_long_is_skipped_and_counted() {
        let most = "m".repeat(WORD_BYTES_MAX);
        let text = format!("a\n{most}x\n{most}\r\n{}\nb", "y".repeat(20_000));
        check(text.as_bytes(), &[b"a", most.as_bytes(), b"b"], 2);
        let open = format!("a\n{}", "y".repeat(20_000));
        check(open.as_bytes(), &[b"a"], 1);
    }
}
