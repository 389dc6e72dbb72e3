//! Prefetches a block on x86-64 processors.
#![expect(unsafe_code, reason = "the prefetch instruction")]

use std::arch::x86_64::_mm_prefetch;

use super::block::Block;

/// Prefetches all cache lines of the block. Every second line, or the second-level cache only,
/// measured worse.
#[inline(always)]
pub(super) fn prefetch<const HINT: i32>(block: &Block) {
    for line in block.0.as_chunks::<8>().0 {
        // SAFETY: a prefetch changes nothing that the program can see, and SSE is part of x86-64. A
        // processor without the hint for writing does nothing.
        unsafe { _mm_prefetch::<HINT>(line.as_ptr().cast()) };
    }
}
