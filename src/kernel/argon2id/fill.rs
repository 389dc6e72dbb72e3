//! Fills the memory of several hashes at once: RFC 9106, section 3.2, steps 5 and 6.
//!
//! A **stream** is one lane of one hash. Within a slice no stream waits for another (section 3.4), so a few of them are
//! advanced together, a block of each in turn: while one's reference block is on its way from memory, the others are
//! compressed. Streams of several hashes and of several lanes of one hash are the same thing here.
//!
//! Blocks of one column stand side by side, one of each stream. They are written in the order of the memory, and never
//! at a distance of a multiple of 4 KiB, at which a processor takes a load for one that overlaps an earlier store.

use super::block::Block;
use super::compression::{Compression, Write};
use super::references::{Place, Position, References, SLICES, Shape};

/// How far ahead of its use a reference that is known is asked for, in blocks of one stream.
const PREFETCH_DISTANCE: usize = 4;

/// The most streams that are advanced together.
pub(crate) const TOGETHER_MAX: usize = 8;

/// The memory of the hashes made together.
pub(super) struct Matrix<'m> {
    blocks: &'m mut [Block],
    shape: Shape,
    hashes: usize,
    /// Hashes times lanes: the blocks of a column.
    streams: usize,
}

/// One lane of one hash.
#[derive(Clone, Copy)]
pub(super) struct Stream {
    pub(super) hash: usize,
    pub(super) lane: usize,
}

impl<'m> Matrix<'m> {
    /// Takes the first blocks of `memory`, which must hold enough.
    pub(super) fn new(memory: &'m mut [Block], shape: Shape, hashes: usize) -> Self {
        Self {
            blocks: &mut memory[..hashes * shape.blocks()],
            shape,
            hashes,
            streams: hashes * shape.lanes,
        }
    }

    pub(super) fn shape(&self) -> Shape {
        self.shape
    }

    pub(super) fn block_mut(&mut self, stream: Stream, column: usize) -> &mut Block {
        let index = self.index(stream, column);
        &mut self.blocks[index]
    }

    pub(super) fn block(&self, stream: Stream, column: usize) -> &Block {
        &self.blocks[self.index(stream, column)]
    }

    #[inline(always)]
    fn index(&self, Stream { hash, lane }: Stream, column: usize) -> usize {
        column * self.streams + hash * self.shape.lanes + lane
    }

    /// The index of a reference block, which lies in a lane of the same hash.
    #[inline(always)]
    fn index_of(&self, place: Place, stream: Stream) -> usize {
        self.index(
            Stream {
                lane: place.lane as usize,
                ..stream
            },
            place.column as usize,
        )
    }
}

/// Makes all passes, `together` streams at a time. The first two columns must be there.
pub(super) fn fill(
    compression: impl Compression,
    matrix: &mut Matrix<'_>,
    references: &References,
    together: usize,
) {
    let Shape { lanes, passes, .. } = matrix.shape;
    let streams: Vec<Stream> = (0..matrix.hashes)
        .flat_map(|hash| (0..lanes).map(move |lane| Stream { hash, lane }))
        .collect();
    for pass in 0..passes {
        for slice in 0..SLICES {
            for streams in streams.chunks(together.clamp(1, TOGETHER_MAX)) {
                if pass == 0 && slice < References::SLICES {
                    fill_known(compression, matrix, streams, slice, references);
                } else {
                    fill_dependent(compression, matrix, streams, pass, slice);
                }
            }
        }
    }
}

/// A segment of each stream where the references are known beforehand.
fn fill_known(
    compression: impl Compression,
    matrix: &mut Matrix<'_>,
    streams: &[Stream],
    slice: usize,
    references: &References,
) {
    let len = matrix.shape.segment_len();
    let mut places: [&[Place]; TOGETHER_MAX] = [&[]; TOGETHER_MAX];
    for (places, stream) in places.iter_mut().zip(streams) {
        *places = references.segment(slice, stream.lane);
    }
    // The first two blocks come from H0.
    for index in if slice == 0 { 2 } else { 0 }..len {
        let column = slice * len + index;
        for (&stream, places) in streams.iter().zip(places) {
            if let Some(&ahead) = places.get(index + PREFETCH_DISTANCE) {
                compression.prefetch(&matrix.blocks[matrix.index_of(ahead, stream)]);
            }
            let reference = matrix.index_of(places[index], stream);
            compress(compression, matrix, stream, column, reference, Write::Over);
        }
    }
}

/// A segment of each stream where a block's first word picks the reference of the next.
fn fill_dependent(
    compression: impl Compression,
    matrix: &mut Matrix<'_>,
    streams: &[Stream],
    pass: u32,
    slice: usize,
) {
    let len = matrix.shape.segment_len();
    let write = if pass == 0 { Write::Over } else { Write::Xor };
    let mut next = [0; TOGETHER_MAX];
    for (next, &stream) in next.iter_mut().zip(streams) {
        let word = matrix
            .block(stream, before(slice * len, matrix.shape))
            .first_word();
        let at = Position {
            pass,
            slice,
            lane: stream.lane,
            index: 0,
        };
        *next = matrix.index_of(matrix.shape.reference(at, word), stream);
    }
    for index in 0..len {
        let column = slice * len + index;
        for (next, &stream) in next.iter_mut().zip(streams) {
            let word = compress(compression, matrix, stream, column, *next, write);
            if index + 1 < len {
                let at = Position {
                    pass,
                    slice,
                    lane: stream.lane,
                    index: index + 1,
                };
                *next = matrix.index_of(matrix.shape.reference(at, word), stream);
                compression.prefetch(&matrix.blocks[*next]);
            }
        }
    }
}

/// Makes the block of `stream` at `column`, and gives its first word.
#[inline(always)]
fn compress(
    compression: impl Compression,
    matrix: &mut Matrix<'_>,
    stream: Stream,
    column: usize,
    reference: usize,
    write: Write,
) -> u64 {
    let current = matrix.index(stream, column);
    let previous = matrix.index(stream, before(column, matrix.shape));
    let soon = current + matrix.streams;
    let [previous, reference, current] = matrix
        .blocks
        .get_disjoint_mut([previous, reference, current])
        .expect("a reference is a finished block that is not the previous one");
    compression.compress(previous, reference, current, write);
    let word = current.first_word();
    // Not before: the lines of the reference may still be on their way, and a core waits for few at a time.
    if let Some(soon) = matrix.blocks.get(soon) {
        compression.prefetch_for_write(soon);
    }
    word
}

/// The column before, around the end.
#[inline(always)]
fn before(column: usize, shape: Shape) -> usize {
    if column == 0 {
        shape.lane_len - 1
    } else {
        column - 1
    }
}
