//! A block: one KiB of Argon2's memory.

/// The bytes of a block (RFC 9106, section 3.2).
pub(crate) const BLOCK_BYTES: usize = 1024;

/// The 64-bit words of a block.
pub(crate) const WORDS: usize = BLOCK_BYTES / 8;

/// A block. The [`Compression`](super::compression::Compression) that fills it chooses the order of
/// the words. Word 0 always stands in front, because it picks the next reference block.
///
/// It is aligned to a cache line, which is also the widest vector.
#[derive(Clone, Copy)]
#[repr(C, align(64))]
pub(crate) struct Block(pub(super) [u64; WORDS]);

impl Block {
    pub(super) const ZERO: Self = Self([0; WORDS]);

    /// J1 and J2 of RFC 9106, section 3.4.1.2: the halves of the first word.
    #[inline(always)]
    pub(super) fn first_word(&self) -> u64 {
        self.0[0]
    }
}

#[cfg(test)]
impl Block {
    pub(crate) fn words(&self) -> &[u64; WORDS] {
        &self.0
    }

    pub(crate) fn filled(word: u64) -> Self {
        Self([word; WORDS])
    }
}
