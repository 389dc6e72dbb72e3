//! G in AVX2: a block is thirty-two vectors of four words, in the RFC's order.
//!
//! A vector is two neighbouring registers of a row. The four vectors of a row are its a, b, c and
//! d. The registers 2k and 2k+1 of all rows are eight vectors: the columns 2k and 2k+1 side by
//! side. There each of a, b, c and d takes two vectors, and each half of a vector belongs to one
//! column. So the same words in the same places serve rows and columns, and nothing is moved
//! between the two.
#![expect(
    unsafe_code,
    reason = "AVX2 loads and stores, and calls of functions that need AVX2"
)]

use std::arch::x86_64::*;
use std::hint::black_box;

use super::block::{Block, WORDS};
use super::compression::{Build, Compression, VectorWork, WriteMode};
use super::prefetch::prefetch;
use crate::kernel::{Implementation, InputXor};

/// Proof that the processor has AVX2.
#[derive(Clone, Copy)]
pub(crate) struct Avx2(());

impl Avx2 {
    /// The proof, if this processor has the instructions.
    pub(crate) fn detect() -> Option<Self> {
        Implementation::Avx2.is_available().then_some(Self(()))
    }
}

impl Compression for Avx2 {
    fn position(word: usize) -> usize {
        word
    }

    #[inline(always)]
    fn compress<G: Build>(self, inputs: [&Block; 2], current: &mut Block, mode: WriteMode) {
        // SAFETY: the value `self` exists only where AVX2 was detected.
        unsafe { compress::<G>(inputs, current, mode) }
    }

    #[inline(always)]
    fn within<W: VectorWork>(self, work: W) {
        // SAFETY: as above.
        unsafe { within(work) }
    }

    #[inline]
    fn prefetch(self, block: &Block) {
        prefetch::<_MM_HINT_T0>(block);
    }

    #[inline]
    fn prefetch_for_write(self, block: &Block) {
        prefetch::<_MM_HINT_ET0>(block);
    }
}

/// a, b, c and d, two vectors each, through one G_B.
///
/// It is a macro, because a function of this size is not inlined. It would pass eight vectors
/// through memory.
macro_rules! mix_columns {
    ($a:ident, $b:ident, $c:ident, $d:ident, $rotate:ident) => {
        for (a, b) in $a.iter_mut().zip($b) {
            *a = multiply_add(*a, b);
        }
        for (d, a) in $d.iter_mut().zip($a) {
            *d = _mm256_shuffle_epi32::<0b10_11_00_01>(_mm256_xor_si256(*d, a));
        }
        for (c, d) in $c.iter_mut().zip($d) {
            *c = multiply_add(*c, d);
        }
        for (b, c) in $b.iter_mut().zip($c) {
            *b = _mm256_shuffle_epi8(_mm256_xor_si256(*b, c), $rotate.by_24);
        }
        for (a, b) in $a.iter_mut().zip($b) {
            *a = multiply_add(*a, b);
        }
        for (d, a) in $d.iter_mut().zip($a) {
            *d = _mm256_shuffle_epi8(_mm256_xor_si256(*d, a), $rotate.by_16);
        }
        for (c, d) in $c.iter_mut().zip($d) {
            *c = multiply_add(*c, d);
        }
        for (b, c) in $b.iter_mut().zip($c) {
            *b = rotate_63(_mm256_xor_si256(*b, c));
        }
    };
}

/// The vectors with which a byte shuffle rotates every word to the right.
struct Rotate {
    by_16: __m256i,
    by_24: __m256i,
}

/// The work as one function for a processor with AVX2: G is part of the loop around it.
#[target_feature(enable = "avx2")]
fn within<W: VectorWork>(work: W) {
    work.work();
}

/// G of RFC 9106, section 3.5.
///
/// It becomes a part of the caller, which [`within`] makes a function with AVX2. By itself it
/// would be called for every block.
///
/// # Safety
/// The processor must have AVX2.
#[inline(always)]
unsafe fn compress<G: Build>(inputs: [&Block; 2], current: &mut Block, mode: WriteMode) {
    // SAFETY: the caller says that the processor has the instructions.
    unsafe {
        let rotate = rotate();
        let mut kept = Block::ZERO;
        // Macros, because a closure would be a function without AVX2.
        macro_rules! xored {
            ($vector:expr) => {
                _mm256_xor_si256(load(inputs[0], $vector), load(inputs[1], $vector))
            };
        }
        macro_rules! r {
            ($vector:expr) => {{
                let x = xored!($vector);
                if G::INPUTS == InputXor::Kept {
                    let old = match mode {
                        WriteMode::Over => x,
                        WriteMode::Xor => _mm256_xor_si256(x, load(current, $vector)),
                    };
                    store(&mut kept, $vector, old);
                }
                x
            }};
        }
        let mut rows = Block::ZERO;
        for pair in 0..4 {
            // The vectors of two rows.
            let (x, y) = (8 * pair, 8 * pair + 4);
            let (mut a, mut b) = ([r!(x), r!(y)], [r!(x + 1), r!(y + 1)]);
            let (mut c, mut d) = ([r!(x + 2), r!(y + 2)], [r!(x + 3), r!(y + 3)]);
            mix_columns!(a, b, c, d, rotate);
            // Turning a, c and d brings the diagonals under each other. b stays, because it is
            // ready last.
            for i in 0..2 {
                a[i] = _mm256_permute4x64_epi64::<0b10_01_00_11>(a[i]);
                c[i] = _mm256_permute4x64_epi64::<0b00_11_10_01>(c[i]);
                d[i] = _mm256_permute4x64_epi64::<0b01_00_11_10>(d[i]);
            }
            mix_columns!(a, b, c, d, rotate);
            for i in 0..2 {
                a[i] = _mm256_permute4x64_epi64::<0b00_11_10_01>(a[i]);
                c[i] = _mm256_permute4x64_epi64::<0b10_01_00_11>(c[i]);
                d[i] = _mm256_permute4x64_epi64::<0b01_00_11_10>(d[i]);
            }
            for (k, v) in [a, b, c, d].into_iter().enumerate() {
                store(&mut rows, x + k, v[0]);
                store(&mut rows, y + k, v[1]);
            }
        }
        for k in 0..4 {
            // The vectors of two columns, one of every row.
            let (mut a, mut b) = (
                [load(&rows, k), load(&rows, 4 + k)],
                [load(&rows, 8 + k), load(&rows, 12 + k)],
            );
            let (mut c, mut d) = (
                [load(&rows, 16 + k), load(&rows, 20 + k)],
                [load(&rows, 24 + k), load(&rows, 28 + k)],
            );
            mix_columns!(a, b, c, d, rotate);
            (a, c, d) = (turn_back(a), turn_on(c), [d[1], d[0]]);
            mix_columns!(a, b, c, d, rotate);
            (a, c, d) = (turn_on(a), turn_back(c), [d[1], d[0]]);
            for (row, v) in [a[0], a[1], b[0], b[1], c[0], c[1], d[0], d[1]]
                .into_iter()
                .enumerate()
            {
                let vector = 4 * row + k;
                let z = match (G::INPUTS, mode) {
                    (InputXor::Kept, _) => _mm256_xor_si256(v, load(&kept, vector)),
                    (InputXor::Loaded, WriteMode::Over) => _mm256_xor_si256(v, xored!(vector)),
                    (InputXor::Loaded, WriteMode::Xor) => {
                        let old = load(current, vector);
                        _mm256_xor_si256(_mm256_xor_si256(v, xored!(vector)), old)
                    }
                };
                store(current, vector, z);
            }
        }
    }
}

/// a + b + 2 * low half of a * low half of b. Argon2 has this sum where BLAKE2b has a + b.
#[inline(always)]
unsafe fn multiply_add(a: __m256i, b: __m256i) -> __m256i {
    // SAFETY: as for `compress`.
    unsafe {
        let product = _mm256_mul_epu32(a, b);
        _mm256_add_epi64(_mm256_add_epi64(a, b), _mm256_add_epi64(product, product))
    }
}

/// The constants are hidden from the compiler, which would otherwise make two shuffles of
/// half-words of one shuffle of bytes.
#[inline(always)]
unsafe fn rotate() -> Rotate {
    // SAFETY: as for `compress`.
    unsafe {
        let by_16 = _mm_setr_epi8(2, 3, 4, 5, 6, 7, 0, 1, 10, 11, 12, 13, 14, 15, 8, 9);
        let by_24 = _mm_setr_epi8(3, 4, 5, 6, 7, 0, 1, 2, 11, 12, 13, 14, 15, 8, 9, 10);
        black_box(Rotate {
            by_16: _mm256_broadcastsi128_si256(by_16),
            by_24: _mm256_broadcastsi128_si256(by_24),
        })
    }
}

#[inline(always)]
unsafe fn rotate_63(x: __m256i) -> __m256i {
    // SAFETY: as for `compress`.
    unsafe { _mm256_xor_si256(_mm256_srli_epi64::<63>(x), _mm256_add_epi64(x, x)) }
}

/// Four words in two halves become words 1, 2 and 3, 0.
#[inline(always)]
unsafe fn turn_on([x0, x1]: [__m256i; 2]) -> [__m256i; 2] {
    // SAFETY: as for `compress`.
    unsafe {
        [
            _mm256_alignr_epi8::<8>(x1, x0),
            _mm256_alignr_epi8::<8>(x0, x1),
        ]
    }
}

/// Four words in two halves become words 3, 0 and 1, 2.
#[inline(always)]
unsafe fn turn_back([x0, x1]: [__m256i; 2]) -> [__m256i; 2] {
    // SAFETY: as for `compress`.
    unsafe {
        [
            _mm256_alignr_epi8::<8>(x0, x1),
            _mm256_alignr_epi8::<8>(x1, x0),
        ]
    }
}

#[inline(always)]
unsafe fn load(block: &Block, vector: usize) -> __m256i {
    let words: &[u64; 4] = &block.0.as_chunks().0[vector];
    // SAFETY: four words are 32 bytes, and the vectors of a block are aligned to 32, as the block
    // is.
    unsafe { _mm256_load_si256(words.as_ptr().cast()) }
}

#[inline(always)]
unsafe fn store(block: &mut Block, vector: usize, value: __m256i) {
    let words: &mut [u64; 4] = &mut block.0.as_chunks_mut().0[vector];
    // SAFETY: four words are 32 bytes, and the vectors of a block are aligned to 32, as the block
    // is.
    unsafe { _mm256_store_si256(words.as_mut_ptr().cast(), value) }
}

const _: () = assert!(WORDS == 32 * 4);
