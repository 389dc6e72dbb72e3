//! Fills the memory of several hashes at once: RFC 9106, section 3.2, steps 5 and 6.
//!
//! A **stream** is one lane of one hash. Within a slice no stream waits for another (section 3.4).
//! So a few streams are advanced together, a block of each in turn. While the reference block of
//! one is on its way from memory, the others are compressed. Streams of several hashes and streams
//! of several lanes of one hash are treated alike.
//!
//! By [`BlockLayout::Beside`] the blocks of one column stand side by side, one of each stream. They
//! are written in the order of the memory: blocks written one after the other are 1 KiB apart. At a
//! multiple of 4 KiB a processor would take a load for one that overlaps an earlier store.

use std::marker::PhantomData;

use super::block::Block;
use super::compression::{Build, Built, Compression, VectorWork, WriteMode};
use super::references::{BlockPlace, MatrixShape, Position, References, SLICES};
use crate::kernel::{BlockLayout, InputXor, KernelVariant, NextWrite};

/// The most streams that are advanced together.
pub(crate) const TOGETHER_MAX: usize = 8;

/// The memory of the hashes made together, and what compresses its blocks.
pub(super) struct Matrix<'m, C> {
    compression: C,
    blocks: &'m mut [Block],
    shape: MatrixShape,
    hashes: usize,
    variant: KernelVariant,
    /// From a block to that of the same place in the next hash.
    hash_stride: usize,
    /// From a block to the next of its stream.
    column_stride: usize,
}

/// One lane of one hash.
#[derive(Clone, Copy)]
pub(super) struct LaneStream {
    pub(super) hash: usize,
    pub(super) lane: usize,
}

impl<'m, C: Compression> Matrix<'m, C> {
    /// Takes the first blocks of `memory`, which must hold enough.
    pub(super) fn new(
        compression: C,
        memory: &'m mut [Block],
        (hashes, shape): (usize, MatrixShape),
        variant: KernelVariant,
    ) -> Self {
        let (hash_stride, column_stride) = match variant.layout {
            BlockLayout::Beside => (shape.lanes, hashes * shape.lanes),
            BlockLayout::Apart => (shape.blocks(), shape.lanes),
        };
        Self {
            compression,
            blocks: &mut memory[..hashes * shape.blocks()],
            shape,
            hashes,
            variant,
            hash_stride,
            column_stride,
        }
    }

    pub(super) fn shape(&self) -> MatrixShape {
        self.shape
    }

    pub(super) fn block_mut(&mut self, stream: LaneStream, column: usize) -> &mut Block {
        let index = self.index(stream, column);
        &mut self.blocks[index]
    }

    pub(super) fn block(&self, stream: LaneStream, column: usize) -> &Block {
        &self.blocks[self.index(stream, column)]
    }

    /// Makes all passes, `together` streams at a time. The first two columns must be filled.
    pub(super) fn fill(&mut self, references: &References, together: usize) {
        let KernelVariant {
            inputs, next_write, ..
        } = self.variant;
        // By their places in `InputXor::ALL` and `NextWrite::ALL`.
        match (inputs, next_write) {
            (InputXor::Loaded, NextWrite::NotAsked) => {
                self.build::<Built<0, 0>>(references, together)
            }
            (InputXor::Loaded, NextWrite::BeforeG) => {
                self.build::<Built<0, 1>>(references, together)
            }
            (InputXor::Loaded, NextWrite::BehindG) => {
                self.build::<Built<0, 2>>(references, together)
            }
            (InputXor::Kept, NextWrite::NotAsked) => {
                self.build::<Built<1, 0>>(references, together)
            }
            (InputXor::Kept, NextWrite::BeforeG) => self.build::<Built<1, 1>>(references, together),
            (InputXor::Kept, NextWrite::BehindG) => self.build::<Built<1, 2>>(references, together),
        }
    }

    fn build<G: Build>(&mut self, references: &References, together: usize) {
        let compression = self.compression;
        compression.within(Fill {
            matrix: self,
            references,
            together,
            build: PhantomData::<G>,
        });
    }

    #[inline(always)]
    fn fill_as<G: Build>(&mut self, references: &References, together: usize) {
        let MatrixShape { lanes, passes, .. } = self.shape;
        let streams: Vec<LaneStream> = (0..self.hashes)
            .flat_map(|hash| (0..lanes).map(move |lane| LaneStream { hash, lane }))
            .collect();
        for pass in 0..passes {
            for slice in 0..SLICES {
                for streams in streams.chunks(together.clamp(1, TOGETHER_MAX)) {
                    if pass == 0 && slice < References::SLICES {
                        self.fill_known::<G>(streams, slice, references);
                    } else {
                        self.fill_dependent::<G>(streams, pass, slice);
                    }
                }
            }
        }
    }

    /// A segment of each stream where the references are known beforehand.
    #[inline(always)]
    fn fill_known<G: Build>(
        &mut self,
        streams: &[LaneStream],
        slice: usize,
        references: &References,
    ) {
        let len = self.shape.segment_len();
        let mut places: [&[BlockPlace]; TOGETHER_MAX] = [&[]; TOGETHER_MAX];
        for (places, stream) in places.iter_mut().zip(streams) {
            *places = references.segment(slice, stream.lane);
        }
        let distance = self.variant.distance.blocks();
        // The first two blocks come from H0.
        for index in if slice == 0 { 2 } else { 0 }..len {
            let column = slice * len + index;
            for (&stream, places) in streams.iter().zip(places) {
                if let Some(&ahead) = places.get(index + distance) {
                    self.compression
                        .prefetch(&self.blocks[self.index_of(ahead, stream)]);
                }
                let reference = self.index_of(places[index], stream);
                self.compress::<G>(stream, column, reference, WriteMode::Over);
            }
        }
    }

    /// A segment of each stream where a block's first word picks the reference of the next.
    #[inline(always)]
    fn fill_dependent<G: Build>(&mut self, streams: &[LaneStream], pass: u32, slice: usize) {
        let len = self.shape.segment_len();
        let mut next = [0; TOGETHER_MAX];
        for (next, &stream) in next.iter_mut().zip(streams) {
            let word = self
                .block(stream, before(slice * len, self.shape))
                .first_word();
            let at = Position {
                pass,
                slice,
                lane: stream.lane,
                index: 0,
            };
            *next = self.index_of(self.shape.reference(at, word), stream);
        }
        for index in 0..len {
            let column = slice * len + index;
            for (next, &stream) in next.iter_mut().zip(streams) {
                let word = match pass {
                    0 => self.compress::<G>(stream, column, *next, WriteMode::Over),
                    _ => self.compress::<G>(stream, column, *next, WriteMode::Xor),
                };
                if index + 1 < len {
                    let at = Position {
                        pass,
                        slice,
                        lane: stream.lane,
                        index: index + 1,
                    };
                    *next = self.index_of(self.shape.reference(at, word), stream);
                    self.compression.prefetch(&self.blocks[*next]);
                }
            }
        }
    }

    /// Makes the block of `stream` at `column`, and returns its first word.
    #[inline(always)]
    fn compress<G: Build>(
        &mut self,
        stream: LaneStream,
        column: usize,
        reference: usize,
        mode: WriteMode,
    ) -> u64 {
        let current = self.index(stream, column);
        let previous = self.index(stream, before(column, self.shape));
        let soon = current + self.column_stride;
        if G::NEXT_WRITE == NextWrite::BeforeG
            && let Some(soon) = self.blocks.get(soon)
        {
            self.compression.prefetch_for_write(soon);
        }
        let [previous, reference, current] = self
            .blocks
            .get_disjoint_mut([previous, reference, current])
            .expect("a reference is a finished block that is not the previous one");
        self.compression
            .compress::<G>([previous, reference], current, mode);
        let word = current.first_word();
        // Where it is not asked for earlier: the lines of the reference may still be on their way,
        // and some cores wait for only a few lines at a time.
        if G::NEXT_WRITE == NextWrite::BehindG
            && let Some(soon) = self.blocks.get(soon)
        {
            self.compression.prefetch_for_write(soon);
        }
        word
    }

    #[inline(always)]
    fn index(&self, LaneStream { hash, lane }: LaneStream, column: usize) -> usize {
        column * self.column_stride + hash * self.hash_stride + lane
    }

    /// The index of a reference block, which lies in a lane of the same hash.
    #[inline(always)]
    fn index_of(&self, place: BlockPlace, stream: LaneStream) -> usize {
        self.index(
            LaneStream {
                lane: place.lane as usize,
                ..stream
            },
            place.column as usize,
        )
    }
}

/// The fill as work that is compiled for a processor.
struct Fill<'f, 'm, C, G> {
    matrix: &'f mut Matrix<'m, C>,
    references: &'f References,
    together: usize,
    build: PhantomData<G>,
}

impl<C: Compression, G: Build> VectorWork for Fill<'_, '_, C, G> {
    #[inline(always)]
    fn work(self) {
        self.matrix.fill_as::<G>(self.references, self.together);
    }
}

/// The column before, around the end.
#[inline(always)]
fn before(column: usize, shape: MatrixShape) -> usize {
    if column == 0 {
        shape.lane_len - 1
    } else {
        column - 1
    }
}
