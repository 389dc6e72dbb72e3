//! Which block is the reference: RFC 9106, sections 3.4.1.2 and 3.4.2.

use super::block::{Block, WORDS};
use super::compression::{Built, Compression, WriteMode};
use super::portable::Portable;

/// The slices of a pass (SL of the RFC). Within a slice, lanes don't refer to each other.
pub(crate) const SLICES: usize = 4;

/// The type of Argon2id in H0 and in the address blocks.
pub(crate) const TYPE_ARGON2ID: u32 = 2;

/// The dimensions of the matrix of blocks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MatrixShape {
    /// p: the rows of the matrix.
    pub(crate) lanes: usize,
    /// q: the columns of the matrix.
    pub(crate) lane_len: usize,
    /// t: the passes over the matrix.
    pub(crate) passes: u32,
}

impl MatrixShape {
    pub(crate) fn new(memory_kib: u32, passes: u32, parallelism: u32) -> Self {
        let lane_len = SLICES * (memory_kib / (SLICES as u32 * parallelism)) as usize;
        Self {
            lanes: parallelism as usize,
            lane_len,
            passes,
        }
    }

    /// The columns of a slice.
    pub(crate) fn segment_len(self) -> usize {
        self.lane_len / SLICES
    }

    /// m': the blocks of one hash.
    pub(crate) fn blocks(self) -> usize {
        self.lanes * self.lane_len
    }
}

/// The block that is being made: its pass, slice, lane and column.
#[derive(Clone, Copy)]
pub(super) struct Position {
    pub(super) pass: u32,
    pub(super) slice: usize,
    pub(super) lane: usize,
    /// The column within the slice.
    pub(super) index: usize,
}

/// A place in the matrix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct BlockPlace {
    pub(super) lane: u32,
    pub(super) column: u32,
}

impl MatrixShape {
    /// Section 3.4.2: the reference block of the block at `at`. J1 and J2 are the low and the high
    /// half of `word`.
    #[inline(always)]
    pub(super) fn reference(self, at: Position, word: u64) -> BlockPlace {
        let (j1, j2) = (word & 0xffff_ffff, word >> 32);
        let first_slice = at.pass == 0 && at.slice == 0;
        let lane = if first_slice || self.lanes == 1 {
            at.lane
        } else {
            (j2 as u32 % self.lanes as u32) as usize
        };

        // W, the blocks that may be referenced. In the own lane these are the finished blocks
        // without the previous one. In another lane they are the blocks of finished segments.
        let finished = if at.pass == 0 {
            at.slice * self.segment_len()
        } else {
            self.lane_len - self.segment_len()
        };
        let area = if lane == at.lane {
            finished + at.index - 1
        } else {
            finished - usize::from(at.index == 0)
        };
        let x = (j1 * j1) >> 32;
        let y = (area as u64 * x) >> 32;
        let z = area - 1 - y as usize;

        // W starts at the oldest block. From the second pass on that is the one behind this slice.
        let start = if at.pass == 0 || at.slice == SLICES - 1 {
            0
        } else {
            (at.slice + 1) * self.segment_len()
        };
        let column = start + z;
        let column = if column >= self.lane_len {
            column - self.lane_len
        } else {
            column
        };
        BlockPlace {
            lane: lane as u32,
            column: column as u32,
        }
    }
}

/// The references of the slices whose addressing is independent of the data. They follow from the
/// parameters alone. So a run computes them once, and the fill can prefetch a block long before its
/// use.
#[derive(Debug)]
pub(crate) struct References {
    shape: MatrixShape,
    places: Box<[BlockPlace]>,
}

impl References {
    /// The slices of the first pass that Argon2id addresses independently of the data.
    pub(super) const SLICES: usize = SLICES / 2;

    pub(crate) fn new(shape: MatrixShape) -> Self {
        let mut places = Vec::with_capacity(Self::SLICES * shape.lanes * shape.segment_len());
        for slice in 0..Self::SLICES {
            for lane in 0..shape.lanes {
                let mut words = [0; WORDS];
                for index in 0..shape.segment_len() {
                    if index % WORDS == 0 {
                        words = address_block(shape, slice, lane, index / WORDS + 1);
                    }
                    // The first two blocks of a lane come from H0 and have no reference.
                    let place = if slice == 0 && index < 2 {
                        BlockPlace {
                            lane: lane as u32,
                            column: 0,
                        }
                    } else {
                        shape.reference(
                            Position {
                                pass: 0,
                                slice,
                                lane,
                                index,
                            },
                            words[index % WORDS],
                        )
                    };
                    places.push(place);
                }
            }
        }
        Self {
            shape,
            places: places.into_boxed_slice(),
        }
    }

    pub(crate) fn shape(&self) -> MatrixShape {
        self.shape
    }

    /// The references of one segment of the first pass, by index.
    pub(super) fn segment(&self, slice: usize, lane: usize) -> &[BlockPlace] {
        let len = self.shape.segment_len();
        &self.places[(slice * self.shape.lanes + lane) * len..][..len]
    }
}

/// Section 3.4.1.1: 128 words of J1 and J2.
fn address_block(shape: MatrixShape, slice: usize, lane: usize, counter: usize) -> [u64; WORDS] {
    let (mut input, mut once, mut twice) = (Block::ZERO, Block::ZERO, Block::ZERO);
    let head = [
        0,
        lane,
        slice,
        shape.blocks(),
        shape.passes as usize,
        TYPE_ARGON2ID as usize,
        counter,
    ];
    for (word, value) in input.0.iter_mut().zip(head) {
        *word = value as u64;
    }
    Portable.compress::<Built<0, 0>>([&Block::ZERO, &input], &mut once, WriteMode::Over);
    Portable.compress::<Built<0, 0>>([&Block::ZERO, &once], &mut twice, WriteMode::Over);
    twice.0
}
