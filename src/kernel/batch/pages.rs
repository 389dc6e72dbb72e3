//! Blocks in memory of their own, in pages of 2 MiB where the system gives such pages.
//!
//! With pages of 4 KiB nearly every reference block would miss the processor's table of page
//! addresses. The memory is wiped before it is given back.
#![expect(
    unsafe_code,
    reason = "memory of a chosen alignment is allocated, and seen as a slice of blocks"
)]

use std::alloc::{Layout, alloc, dealloc};
use std::ptr::NonNull;

use zeroize::optimization_barrier;

use crate::kernel::KernelError;
use crate::kernel::argon2id::{BLOCK_BYTES, Block};

/// The size of a huge page on x86-64, and of the usual one on 64-bit Arm.
const HUGE_PAGE_BYTES: usize = 2 << 20;

/// An allocation of blocks.
pub(super) struct Pages {
    blocks: NonNull<Block>,
    count: usize,
    layout: Layout,
}

// SAFETY: `Pages` owns its allocation as a `Box<[Block]>` does, and a block is plain words.
unsafe impl Send for Pages {}
// SAFETY: as above; a shared reference gives no access at all.
unsafe impl Sync for Pages {}

impl Pages {
    /// Takes memory for `count` blocks and fills it with zeros, so that the system has mapped every
    /// page before the first hash.
    pub(super) fn new(count: usize) -> Result<Self, KernelError> {
        let no_memory = KernelError::NoMemory {
            bytes: count.saturating_mul(BLOCK_BYTES),
        };
        let layout = Layout::array::<Block>(count.max(1)).map_err(|_| no_memory)?;
        // Where the blocks fill at least one huge page, they get whole huge pages for themselves.
        let align = if layout.size() < HUGE_PAGE_BYTES {
            layout.align()
        } else {
            HUGE_PAGE_BYTES
        };
        let layout = layout
            .align_to(align)
            .map_err(|_| no_memory)?
            .pad_to_align();
        // SAFETY: the layout holds at least one block, so its size is not zero.
        let start = NonNull::new(unsafe { alloc(layout) }).ok_or(no_memory)?;
        ask_for_huge_pages(start, layout);
        // SAFETY: the allocation has just been made with that size.
        unsafe { start.write_bytes(0, layout.size()) };
        Ok(Self {
            blocks: start.cast(),
            count,
            layout,
        })
    }

    /// How many blocks there are.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// The blocks.
    pub(super) fn blocks_mut(&mut self) -> &mut [Block] {
        // SAFETY: the allocation holds at least `count` blocks, aligned, and every byte of it has
        // been written. It is borrowed for as long as `self` is.
        unsafe { std::slice::from_raw_parts_mut(self.blocks.as_ptr(), self.count) }
    }
}

impl Pages {
    /// Fills it with zeros, all at once. Word by word, as `zeroize` does it, took twice as long.
    pub(super) fn wipe(&mut self) {
        // SAFETY: the allocation holds `count` blocks, and a block of zeros is a block.
        unsafe { self.blocks.as_ptr().write_bytes(0, self.count) };
        // Nothing reads the zeros, and still the compiler must not drop the write.
        optimization_barrier(self.blocks_mut());
    }

    #[cfg(test)]
    pub(super) fn is_wiped(&self) -> bool {
        // SAFETY: as in `blocks_mut`.
        let blocks = unsafe { std::slice::from_raw_parts(self.blocks.as_ptr(), self.count) };
        blocks.iter().all(|block| block.words() == &[0; 128])
    }
}

impl Drop for Pages {
    fn drop(&mut self) {
        self.wipe();
        // SAFETY: allocated in `new` with this layout, and never given back before.
        unsafe { dealloc(self.blocks.as_ptr().cast(), self.layout) };
    }
}

/// Asks for huge pages. Where the system refuses, the same memory is in small pages.
fn ask_for_huge_pages(start: NonNull<u8>, layout: Layout) {
    #[cfg(target_os = "linux")]
    if layout.align() == HUGE_PAGE_BYTES {
        // SAFETY: the range is one whole allocation, and the advice changes nothing that a program
        // can see.
        unsafe { libc::madvise(start.as_ptr().cast(), layout.size(), libc::MADV_HUGEPAGE) };
    }
    #[cfg(not(target_os = "linux"))]
    let _ = (start, layout);
}

/// Whether the system gives memory in huge pages to a program that asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HugePages {
    /// Arenas are in pages of 2 MiB, as far as the system has any free.
    Given,
    /// Arenas are in small pages, and hashing is slower. On Linux, writing `madvise` to
    /// `/sys/kernel/mm/transparent_hugepage/enabled` changes that.
    Refused,
    /// The system does not say.
    Unknown,
}

/// Whether the system gives the arenas huge pages.
pub fn huge_pages() -> HugePages {
    match std::fs::read_to_string("/sys/kernel/mm/transparent_hugepage/enabled") {
        Ok(text) if text.contains("[never]") => HugePages::Refused,
        Ok(text) if text.contains("[madvise]") || text.contains("[always]") => HugePages::Given,
        _ => HugePages::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_begin_with_zeros_and_keep_what_is_written() {
        for count in [0, 1, 2047, 2048, 2049] {
            let mut pages = Pages::new(count).unwrap();
            assert_eq!(pages.blocks_mut().len(), count);
            assert!(
                pages
                    .blocks_mut()
                    .iter()
                    .all(|block| block.words() == &[0; 128])
            );
            pages.blocks_mut().fill(Block::filled(7));
            assert!(
                pages
                    .blocks_mut()
                    .iter()
                    .all(|block| block.words() == &[7; 128])
            );
        }
    }

    #[test]
    fn wiped_pages_are_zeros() {
        let mut pages = Pages::new(2049).unwrap();
        pages.blocks_mut().fill(Block::filled(7));
        assert!(!pages.is_wiped());
        pages.wipe();
        assert!(pages.is_wiped());
    }

    #[test]
    fn more_memory_than_there_can_be_is_an_error() {
        assert!(matches!(
            Pages::new(usize::MAX),
            Err(KernelError::NoMemory { .. })
        ));
        assert!(matches!(
            Pages::new(1 << 50),
            Err(KernelError::NoMemory { .. })
        ));
    }
}
