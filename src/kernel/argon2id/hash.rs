//! A hash from its input to its tag, around the fill.

use zeroize::Zeroizing;

use super::blake2b::{hash_long, hash64};
use super::block::{BLOCK_BYTES, Block, WORDS};
use super::compression::Compression;
use super::fill::{LaneStream, Matrix};
use super::references::{MatrixShape, References, TYPE_ARGON2ID};
use crate::kernel::{Input, KernelVariant};

/// The version of RFC 9106, "1.3".
const VERSION: u32 = 0x13;

/// Everything about a hash except its input.
pub(crate) struct Argon2id<'p> {
    pub(crate) memory_kib: u32,
    pub(crate) output_len: usize,
    pub(crate) secret: &'p [u8],
    pub(crate) associated_data: &'p [u8],
    pub(crate) references: &'p References,
    /// How many streams (hashes times lanes) are advanced together.
    pub(crate) together: usize,
    pub(crate) variant: KernelVariant,
}

impl Argon2id<'_> {
    /// Hashes all `inputs` at the same time in `memory`, which must hold as many matrices.
    ///
    /// The tags are written to `out` one after the other, each `output_len` bytes.
    pub(crate) fn hash_lockstep<C: Compression>(
        &self,
        compression: C,
        memory: &mut [Block],
        inputs: &[Input<'_>],
        out: &mut [u8],
    ) {
        let shape = self.references.shape();
        let mut matrix = Matrix::new(compression, memory, (inputs.len(), shape), self.variant);
        for (hash, input) in inputs.iter().enumerate() {
            self.fill_first_columns(&mut matrix, hash, input);
        }
        matrix.fill(self.references, self.together);
        for (hash, tag) in out.chunks_exact_mut(self.output_len).enumerate() {
            finish(&matrix, hash, tag);
        }
    }

    /// Steps 1 to 4: H0, and from it the first two blocks of every lane.
    fn fill_first_columns<C: Compression>(
        &self,
        matrix: &mut Matrix<'_, C>,
        hash: usize,
        input: &Input<'_>,
    ) {
        // H0, then the column, then the lane.
        let mut seed = Zeroizing::new([0; 72]);
        seed[..64].copy_from_slice(&*self.h0(input));
        let mut bytes = Zeroizing::new([0; BLOCK_BYTES]);
        for lane in 0..matrix.shape().lanes {
            for column in 0..2 {
                seed[64..68].copy_from_slice(&(column as u32).to_le_bytes());
                seed[68..].copy_from_slice(&(lane as u32).to_le_bytes());
                hash_long(&*seed, &mut *bytes);
                let block = matrix.block_mut(LaneStream { hash, lane }, column);
                for (word, bytes) in bytes.as_chunks().0.iter().enumerate() {
                    block.0[C::position(word)] = u64::from_le_bytes(*bytes);
                }
            }
        }
    }

    /// Step 1: the hash of the parameters and the input.
    fn h0(&self, input: &Input<'_>) -> Zeroizing<[u8; 64]> {
        let MatrixShape { lanes, passes, .. } = self.references.shape();
        let len = |len: usize| {
            u32::try_from(len)
                .expect("lengths were checked")
                .to_le_bytes()
        };
        hash64(&[
            &len(lanes),
            &len(self.output_len),
            &self.memory_kib.to_le_bytes(),
            &passes.to_le_bytes(),
            &VERSION.to_le_bytes(),
            &TYPE_ARGON2ID.to_le_bytes(),
            &len(input.text.len()),
            input.text,
            &len(input.salt.len()),
            input.salt,
            &len(self.secret.len()),
            self.secret,
            &len(self.associated_data.len()),
            self.associated_data,
        ])
    }
}

/// Steps 7 and 8: the last column's blocks XORed, and H' of that.
fn finish<C: Compression>(matrix: &Matrix<'_, C>, hash: usize, tag: &mut [u8]) {
    let shape = matrix.shape();
    let mut sum = Zeroizing::new([0; WORDS]);
    for lane in 0..shape.lanes {
        let block = matrix.block(LaneStream { hash, lane }, shape.lane_len - 1);
        for (sum, word) in sum.iter_mut().zip(&block.0) {
            *sum ^= word;
        }
    }
    let mut bytes = Zeroizing::new([0; BLOCK_BYTES]);
    for (word, bytes) in bytes.as_chunks_mut().0.iter_mut().enumerate() {
        *bytes = sum[C::position(word)].to_le_bytes();
    }
    hash_long(&*bytes, tag);
}
