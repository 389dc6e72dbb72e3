//! Fills the memory of several hashes at once: RFC 9106, section 3.2, steps 5 and 6.
//!
//! A **stream** is one lane of one hash. Within a slice no stream waits for another (section 3.4).
//! So a few streams are advanced together, a block of each in turn. While the reference block of
//! one is on its way from memory, the others are compressed. Streams of several hashes and streams
//! of several lanes of one hash are treated alike.
//!
//! The blocks of one column stand side by side, one of each stream. They are written in the order
//! of the memory: blocks written one after the other are 1 KiB apart. At a multiple of 4 KiB a
//! processor would take a load for one that overlaps an earlier store.

use super::block::Block;
use super::compression::{Compression, WriteMode};
use super::references::{BlockPlace, MatrixShape, Position, References, SLICES};

/// How far ahead of its use a known reference is prefetched, in blocks of one stream.
const PREFETCH_DISTANCE: usize = 4;

/// The most streams that are advanced together.
pub(crate) const TOGETHER_MAX: usize = 8;

/// The memory of the hashes made together, and what compresses its blocks.
pub(super) struct Matrix<'m, C> {
    compression: C,
    blocks: &'m mut [Block],
    shape: MatrixShape,
    hashes: usize,
    /// Hashes times lanes: the blocks of a column.
    streams: usize,
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
        shape: MatrixShape,
        hashes: usize,
    ) -> Self {
        Self {
            compression,
            blocks: &mut memory[..hashes * shape.blocks()],
            shape,
            hashes,
            streams: hashes * shape.lanes,
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
        let MatrixShape { lanes, passes, .. } = self.shape;
        let streams: Vec<LaneStream> = (0..self.hashes)
            .flat_map(|hash| (0..lanes).map(move |lane| LaneStream { hash, lane }))
            .collect();
        for pass in 0..passes {
            for slice in 0..SLICES {
                for streams in streams.chunks(together.clamp(1, TOGETHER_MAX)) {
                    if pass == 0 && slice < References::SLICES {
                        self.fill_known(streams, slice, references);
                    } else {
                        self.fill_dependent(streams, pass, slice);
                    }
                }
            }
        }
    }

    /// A segment of each stream where the references are known beforehand.
    fn fill_known(&mut self, streams: &[LaneStream], slice: usize, references: &References) {
        let len = self.shape.segment_len();
        let mut places: [&[BlockPlace]; TOGETHER_MAX] = [&[]; TOGETHER_MAX];
        for (places, stream) in places.iter_mut().zip(streams) {
            *places = references.segment(slice, stream.lane);
        }
        // The first two blocks come from H0.
        for index in if slice == 0 { 2 } else { 0 }..len {
            let column = slice * len + index;
            for (&stream, places) in streams.iter().zip(places) {
                if let Some(&ahead) = places.get(index + PREFETCH_DISTANCE) {
                    self.compression
                        .prefetch(&self.blocks[self.index_of(ahead, stream)]);
                }
                let reference = self.index_of(places[index], stream);
                self.compress(stream, column, reference, WriteMode::Over);
            }
        }
    }

    /// A segment of each stream where a block's first word picks the reference of the next.
    fn fill_dependent(&mut self, streams: &[LaneStream], pass: u32, slice: usize) {
        let len = self.shape.segment_len();
        let mode = if pass == 0 {
            WriteMode::Over
        } else {
            WriteMode::Xor
        };
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
                let word = self.compress(stream, column, *next, mode);
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
    fn compress(
        &mut self,
        stream: LaneStream,
        column: usize,
        reference: usize,
        mode: WriteMode,
    ) -> u64 {
        let current = self.index(stream, column);
        let previous = self.index(stream, before(column, self.shape));
        let soon = current + self.streams;
        let [previous, reference, current] = self
            .blocks
            .get_disjoint_mut([previous, reference, current])
            .expect("a reference is a finished block that is not the previous one");
        self.compression
            .compress(previous, reference, current, mode);
        let word = current.first_word();
        // Not earlier: the lines of the reference may still be on their way, and a core waits for
        // only a few lines at a time.
        if let Some(soon) = self.blocks.get(soon) {
            self.compression.prefetch_for_write(soon);
        }
        word
    }

    #[inline(always)]
    fn index(&self, LaneStream { hash, lane }: LaneStream, column: usize) -> usize {
        column * self.streams + hash * self.shape.lanes + lane
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

/// The column before, around the end.
#[inline(always)]
fn before(column: usize, shape: MatrixShape) -> usize {
    if column == 0 {
        shape.lane_len - 1
    } else {
        column - 1
    }
}
