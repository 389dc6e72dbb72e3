//! G, which makes a block of two others: what each implementation of it gives.

use super::block::Block;

/// One way to compute G, and the order in which it keeps the words of a block.
///
/// A value of an implementing type proves that the processor has the instructions.
pub(crate) trait Compression: Copy {
    /// The index of word `word` in a block. Word 0 has index 0.
    fn position(word: usize) -> usize;

    /// `current` = G(`previous`, `reference`), or that XORed into what `current` holds.
    fn compress(self, previous: &Block, reference: &Block, current: &mut Block, mode: WriteMode);

    /// Prefetches a block that will be read, without waiting.
    fn prefetch(self, block: &Block);

    /// Prefetches a block that will be written, without waiting.
    fn prefetch_for_write(self, block: &Block);
}

/// How the new block is written over the old one.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum WriteMode {
    /// It replaces the old block: in the first pass.
    Over,
    /// It is XORed into the old block: in every later pass (version 1.3).
    Xor,
}
