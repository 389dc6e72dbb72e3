//! G, which makes a block of two others: what each implementation of it gives.

use super::block::Block;

/// One way to compute G, and the order in which it keeps the words of a block.
///
/// A value of an implementing type is the proof that the processor can do it.
pub(crate) trait Compression: Copy {
    /// Where word `word` of a block stands. Word 0 stands at 0.
    fn position(word: usize) -> usize;

    /// `current` = G(`previous`, `reference`), or that XORed into what `current` holds.
    fn compress(self, previous: &Block, reference: &Block, current: &mut Block, mode: WriteMode);

    /// Asks for a block that will be read to be brought near, and goes on.
    fn prefetch(self, block: &Block);

    /// Asks for a block that will be written to be brought near, and goes on.
    fn prefetch_for_write(self, block: &Block);
}

/// What becomes of the block that stood in the place of the new one.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum WriteMode {
    /// The first pass.
    Over,
    /// Every later pass (version 1.3).
    Xor,
}
