//! G in plain Rust, for every processor. The words stand in the RFC's order.

use super::block::Block;
use super::compression::{Build, Compression, VectorWork, WriteMode};
#[cfg(target_arch = "x86_64")]
use super::prefetch::prefetch;

/// Every processor has what it needs.
#[derive(Clone, Copy)]
pub(crate) struct Portable;

impl Compression for Portable {
    fn position(word: usize) -> usize {
        word
    }

    /// It always keeps the XOR.
    fn compress<G: Build>(
        self,
        [previous, reference]: [&Block; 2],
        current: &mut Block,
        mode: WriteMode,
    ) {
        let mut r = *previous;
        for (word, other) in r.0.iter_mut().zip(&reference.0) {
            *word ^= other;
        }
        let mut z = r;
        for row in 0..8 {
            permute(&mut z, |i| 16 * row + i);
        }
        for column in 0..8 {
            permute(&mut z, |i| 16 * (i / 2) + 2 * column + i % 2);
        }
        for ((word, r), z) in current.0.iter_mut().zip(&r.0).zip(&z.0) {
            let kept = if mode == WriteMode::Xor { *word } else { 0 };
            *word = kept ^ r ^ z;
        }
    }

    fn within<W: VectorWork>(self, work: W) {
        work.work();
    }

    #[inline]
    fn prefetch(self, block: &Block) {
        #[cfg(target_arch = "x86_64")]
        prefetch::<{ std::arch::x86_64::_MM_HINT_T0 }>(block);
        #[cfg(not(target_arch = "x86_64"))]
        let _ = block;
    }

    #[inline]
    fn prefetch_for_write(self, block: &Block) {
        #[cfg(target_arch = "x86_64")]
        prefetch::<{ std::arch::x86_64::_MM_HINT_ET0 }>(block);
        #[cfg(not(target_arch = "x86_64"))]
        let _ = block;
    }
}

/// P: one BLAKE2b round over the sixteen words at the indices `place(0)` to `place(15)`.
#[inline(always)]
fn permute(block: &mut Block, place: impl Fn(usize) -> usize) {
    let mut v: [u64; 16] = std::array::from_fn(|i| block.0[place(i)]);
    for column in 0..4 {
        mix(&mut v, [column, column + 4, column + 8, column + 12]);
    }
    for diagonal in 0..4 {
        mix(
            &mut v,
            [
                diagonal,
                4 + (diagonal + 1) % 4,
                8 + (diagonal + 2) % 4,
                12 + (diagonal + 3) % 4,
            ],
        );
    }
    for (i, word) in v.into_iter().enumerate() {
        block.0[place(i)] = word;
    }
}

/// G_B of the RFC.
#[inline(always)]
fn mix(v: &mut [u64; 16], [a, b, c, d]: [usize; 4]) {
    v[a] = multiply_add(v[a], v[b]);
    v[d] = (v[d] ^ v[a]).rotate_right(32);
    v[c] = multiply_add(v[c], v[d]);
    v[b] = (v[b] ^ v[c]).rotate_right(24);
    v[a] = multiply_add(v[a], v[b]);
    v[d] = (v[d] ^ v[a]).rotate_right(16);
    v[c] = multiply_add(v[c], v[d]);
    v[b] = (v[b] ^ v[c]).rotate_right(63);
}

/// a + b + 2 * low half of a * low half of b.
#[inline(always)]
fn multiply_add(a: u64, b: u64) -> u64 {
    let product = (a & 0xffff_ffff) * (b & 0xffff_ffff);
    a.wrapping_add(b).wrapping_add(product.wrapping_mul(2))
}
