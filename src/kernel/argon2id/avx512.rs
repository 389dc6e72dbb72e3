//! G in AVX-512: a block is sixteen vectors of eight words.
//!
//! # The layout
//!
//! In RFC 9106 a block is eight rows of eight registers of two words. G runs the BLAKE2b round P
//! over every row, and then over every column. P takes eight registers as the rows a, b, c, d of a
//! 4x4 matrix of words, two registers each. A vector here holds a 2x2 square of registers:
//!
//! ```text
//! vector[g][k] = registers (2g, 2k) (2g, 2k+1) (2g+1, 2k) (2g+1, 2k+1)
//! ```
//!
//! So `vector[g]` is a, b, c, d of the rows 2g and 2g+1, and the four of them are all eight rows.
//! With the two middle registers exchanged, `vector[g][k]` for g = 0..4 is a, b, c, d of the
//! *columns* 2k and 2k+1. The exchange costs nothing: the permutation that turns the diagonals back
//! into columns does it.
#![expect(
    unsafe_code,
    reason = "AVX-512 loads and stores, and calls of functions that need AVX-512"
)]

use std::arch::x86_64::*;

use super::block::{Block, WORDS};
use super::compression::{Build, Compression, VectorWork, WriteMode};
use super::prefetch::prefetch;
use crate::kernel::{Implementation, InputXor};

/// Proof that the processor has AVX-512F.
#[derive(Clone, Copy)]
pub(crate) struct Avx512(());

impl Avx512 {
    /// The proof, if this processor has the instructions.
    pub(crate) fn detect() -> Option<Self> {
        Implementation::Avx512.is_available().then_some(Self(()))
    }
}

impl Compression for Avx512 {
    fn position(word: usize) -> usize {
        let (row, register, half) = (word / 16, word % 16 / 2, word % 2);
        let (g, k) = (row / 2, register / 2);
        let within = 4 * (row % 2) + 2 * (register % 2) + half;
        8 * (4 * g + k) + within
    }

    #[inline(always)]
    fn compress<G: Build>(self, inputs: [&Block; 2], current: &mut Block, mode: WriteMode) {
        // SAFETY: the value `self` exists only where AVX-512F was detected.
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

/// The first half of P's work on four groups at once: a, b, c, d of each through one G_B.
///
/// It is a macro, because a function of this size is not inlined. It would pass sixteen vectors
/// through memory.
macro_rules! mix_columns {
    ($v:ident) => {
        for [a, b, _, _] in &mut $v {
            *a = multiply_add(*a, *b);
        }
        for [a, _, _, d] in &mut $v {
            *d = _mm512_ror_epi64::<32>(_mm512_xor_si512(*d, *a));
        }
        for [_, _, c, d] in &mut $v {
            *c = multiply_add(*c, *d);
        }
        for [_, b, c, _] in &mut $v {
            *b = _mm512_ror_epi64::<24>(_mm512_xor_si512(*b, *c));
        }
        for [a, b, _, _] in &mut $v {
            *a = multiply_add(*a, *b);
        }
        for [a, _, _, d] in &mut $v {
            *d = _mm512_ror_epi64::<16>(_mm512_xor_si512(*d, *a));
        }
        for [_, _, c, d] in &mut $v {
            *c = multiply_add(*c, *d);
        }
        for [_, b, c, _] in &mut $v {
            *b = _mm512_ror_epi64::<63>(_mm512_xor_si512(*b, *c));
        }
    };
}

/// P over the eight rows or columns in `v`, and the exchange that makes columns of rows and rows of
/// columns.
///
/// Turning a, c and d brings the diagonals under each other, and b stays. The RFC turns b, c and d.
/// b is ready last, so the turning waits for nothing.
macro_rules! permute_and_exchange {
    ($v:ident) => {
        mix_columns!($v);
        for [a, _, c, d] in &mut $v {
            *a = _mm512_permutex_epi64::<0b10_01_00_11>(*a);
            *c = _mm512_permutex_epi64::<0b00_11_10_01>(*c);
            *d = _mm512_permutex_epi64::<0b01_00_11_10>(*d);
        }
        mix_columns!($v);
        let (turn_a, turn_b) = (
            _mm512_setr_epi64(1, 2, 5, 6, 3, 0, 7, 4),
            _mm512_setr_epi64(0, 1, 4, 5, 2, 3, 6, 7),
        );
        let (turn_c, turn_d) = (
            _mm512_setr_epi64(3, 0, 7, 4, 1, 2, 5, 6),
            _mm512_setr_epi64(2, 3, 6, 7, 0, 1, 4, 5),
        );
        for [a, b, c, d] in &mut $v {
            *a = _mm512_permutexvar_epi64(turn_a, *a);
            *b = _mm512_permutexvar_epi64(turn_b, *b);
            *c = _mm512_permutexvar_epi64(turn_c, *c);
            *d = _mm512_permutexvar_epi64(turn_d, *d);
        }
    };
}

/// The work as one function for a processor with AVX-512: G is part of the loop around it.
#[target_feature(enable = "avx512f")]
fn within<W: VectorWork>(work: W) {
    work.work();
}

/// G of RFC 9106, section 3.5.
///
/// It becomes a part of the caller, which [`within`] makes a function with AVX-512. By itself it
/// would be called for every block.
///
/// # Safety
/// The processor must have AVX-512F.
#[inline(always)]
unsafe fn compress<G: Build>(inputs: [&Block; 2], current: &mut Block, mode: WriteMode) {
    // SAFETY: the caller says that the processor has the instructions.
    unsafe {
        let mut kept = Block::ZERO;
        let mut v = [[_mm512_setzero_si512(); 4]; 4];
        for (i, v) in v.as_flattened_mut().iter_mut().enumerate() {
            *v = _mm512_xor_si512(load(inputs[0], i), load(inputs[1], i));
            if G::INPUTS == InputXor::Kept {
                let old = match mode {
                    WriteMode::Over => *v,
                    WriteMode::Xor => _mm512_xor_si512(*v, load(current, i)),
                };
                store(&mut kept, i, old);
            }
        }
        permute_and_exchange!(v);
        v = transpose(v);
        permute_and_exchange!(v);
        v = transpose(v);
        for (i, v) in v.as_flattened().iter().enumerate() {
            let z = match (G::INPUTS, mode) {
                (InputXor::Kept, _) => _mm512_xor_si512(*v, load(&kept, i)),
                (InputXor::Loaded, WriteMode::Over) => {
                    xor3(*v, load(inputs[0], i), load(inputs[1], i))
                }
                (InputXor::Loaded, WriteMode::Xor) => {
                    let of_inputs = xor3(*v, load(inputs[0], i), load(inputs[1], i));
                    _mm512_xor_si512(of_inputs, load(current, i))
                }
            };
            store(current, i, z);
        }
    }
}

/// a + b + 2 * low half of a * low half of b. Argon2 has this sum where BLAKE2b has a + b.
#[inline(always)]
unsafe fn multiply_add(a: __m512i, b: __m512i) -> __m512i {
    // SAFETY: as for `compress`.
    unsafe {
        let product = _mm512_mul_epu32(a, b);
        _mm512_add_epi64(_mm512_add_epi64(a, b), _mm512_add_epi64(product, product))
    }
}

#[inline(always)]
unsafe fn xor3(a: __m512i, b: __m512i, c: __m512i) -> __m512i {
    // SAFETY: as for `compress`.
    unsafe { _mm512_ternarylogic_epi64::<0b1001_0110>(a, b, c) }
}

/// Renames the vectors; moves nothing.
#[inline(always)]
fn transpose(v: [[__m512i; 4]; 4]) -> [[__m512i; 4]; 4] {
    std::array::from_fn(|k| std::array::from_fn(|g| v[g][k]))
}

#[inline(always)]
unsafe fn load(block: &Block, vector: usize) -> __m512i {
    let words: &[u64; 8] = &block.0.as_chunks().0[vector];
    // SAFETY: eight words are 64 bytes, and a block is aligned to 64.
    unsafe { _mm512_load_si512(words.as_ptr().cast()) }
}

#[inline(always)]
unsafe fn store(block: &mut Block, vector: usize, value: __m512i) {
    let words: &mut [u64; 8] = &mut block.0.as_chunks_mut().0[vector];
    // SAFETY: eight words are 64 bytes, and a block is aligned to 64.
    unsafe { _mm512_store_si512(words.as_mut_ptr().cast(), value) }
}

const _: () = assert!(WORDS == 16 * 8);
