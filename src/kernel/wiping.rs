//! An allocator that wipes memory before it is given back.
//!
//! Passwords and hashes pass through buffers of libraries that wipe nothing: of HTTP, of JSON, of
//! the database's driver. With this allocator no copy stays behind in freed memory.

use std::alloc::{GlobalAlloc, Layout, System};

/// Larger blocks are the arenas of slow hashes, which are wiped where they are used. No body of a
/// request is so long.
const WIPED_BYTES_MAX: usize = 2 << 20;

/// The system's allocator, which wipes blocks of up to 2 MiB before it frees them.
#[derive(Clone, Copy, Debug, Default)]
pub struct WipingAllocator;

#[expect(
    unsafe_code,
    reason = "an allocator can't be written without it; it hands everything on to the system's"
)]
// SAFETY: every block comes from `System` and goes back to it with the layout that it was made
// with. In between nothing is done but writing zeros into a block that its owner has given up.
unsafe impl GlobalAlloc for WipingAllocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller keeps the contract of `GlobalAlloc::alloc`, which is the same.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as above.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        if layout.size() <= WIPED_BYTES_MAX {
            // SAFETY: the block has that many bytes, and nobody uses them any more.
            unsafe { block.write_bytes(0, layout.size()) };
            // Otherwise the compiler may leave the zeros out: nobody reads them.
            std::hint::black_box(block);
        }
        // SAFETY: the block was made by `System` with this layout.
        unsafe { System.dealloc(block, layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        if layout.size() > WIPED_BYTES_MAX {
            // SAFETY: the caller keeps the contract of `GlobalAlloc::realloc`.
            return unsafe { System.realloc(block, layout, new_size) };
        }
        // The system might move the block and leave the old one as it was.
        // SAFETY: the caller has seen to it that the new size makes a layout.
        let new = unsafe { Layout::from_size_align_unchecked(new_size, layout.align()) };
        // SAFETY: the size is above 0, as the caller has promised.
        let moved = unsafe { self.alloc(new) };
        if !moved.is_null() {
            let kept = layout.size().min(new_size);
            // SAFETY: both blocks have that many bytes, and they are different ones.
            unsafe { std::ptr::copy_nonoverlapping(block, moved, kept) };
            // SAFETY: the old block was made with this layout.
            unsafe { self.dealloc(block, layout) };
        }
        moved
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[expect(unsafe_code, reason = "an allocator is called by hand")]
    fn a_block_that_grows_or_shrinks_keeps_what_is_in_it() {
        let layout = Layout::from_size_align(64, 8).expect("a layout");
        for new_size in [1, 63, 64, 65, 4096, 3 << 20] {
            // SAFETY: each call has the layout that the block was made with.
            unsafe {
                let block = WipingAllocator.alloc(layout);
                block.write_bytes(7, 64);
                let moved = WipingAllocator.realloc(block, layout, new_size);
                let kept = std::slice::from_raw_parts(moved, new_size.min(64));
                assert!(kept.iter().all(|byte| *byte == 7), "{new_size}");
                let new = Layout::from_size_align(new_size, 8).expect("a layout");
                WipingAllocator.dealloc(moved, new);
            }
        }
    }
}
