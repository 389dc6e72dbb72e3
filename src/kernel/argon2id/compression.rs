//! G, which makes a block of two others: what each implementation of it gives.

use super::block::Block;
use crate::kernel::{InputXor, NextWrite};

/// One way to compute G, and the order in which it keeps the words of a block.
///
/// A value of an implementing type proves that the processor has the instructions.
pub(crate) trait Compression: Copy {
    /// The index of word `word` in a block. Word 0 has index 0.
    fn position(word: usize) -> usize;

    /// `current` = G(`previous`, `reference`), or that XORed into what `current` holds.
    fn compress<G: Build>(self, inputs: [&Block; 2], current: &mut Block, mode: WriteMode);

    /// Does the work as code for the processor that has the instructions.
    fn within<W: VectorWork>(self, work: W);

    /// Prefetches a block that will be read, without waiting.
    fn prefetch(self, block: &Block);

    /// Prefetches a block that will be written, without waiting.
    fn prefetch_for_write(self, block: &Block);
}

/// How G is built: the part of a [`KernelVariant`](crate::kernel::KernelVariant) that the compiler
/// must know.
pub(crate) trait Build {
    /// How the end of G comes by the XOR of the two inputs.
    const INPUTS: InputXor;
    /// When the block that is written next is asked for.
    const NEXT_WRITE: NextWrite;
}

/// A build by the numbers of its parts in [`InputXor::ALL`] and [`NextWrite::ALL`].
pub(crate) struct Built<const INPUTS: usize, const NEXT_WRITE: usize>;

impl<const INPUTS: usize, const NEXT_WRITE: usize> Build for Built<INPUTS, NEXT_WRITE> {
    const INPUTS: InputXor = InputXor::ALL[INPUTS];
    const NEXT_WRITE: NextWrite = NextWrite::ALL[NEXT_WRITE];
}

/// VectorWork that is compiled for a processor as a whole.
pub(crate) trait VectorWork {
    /// It must be `#[inline(always)]`.
    fn work(self);
}

/// How the new block is written over the old one.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum WriteMode {
    /// It replaces the old block: in the first pass.
    Over,
    /// It is XORed into the old block: in every later pass (version 1.3).
    Xor,
}
