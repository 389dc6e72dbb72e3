//! The digests of the common passwords under every candidate of a shape, laid out for look-ups.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::OnceLock;

use crate::census::bits::front;
use crate::census::words::words;
use crate::scheme::{Scheme, Shape, digest};
use crate::text;

/// The scheme of one bare digest, if it is the digest of a common password. By chance no other
/// scheme gives the same digest.
///
/// The digest of the empty password proves nothing, because several schemes share it.
pub fn proof_of_one(value: &[u8]) -> Option<Scheme> {
    let bare = text::trim(value);
    let shape = Shape::of(bare).filter(|shape| !shape.is_joined())?;
    let digest = shape.digest_text(bare)?;
    let known = DigestTable::of(shape).get(front(digest.as_bytes())?)?;
    known.word?;
    shape
        .candidates()
        .get(usize::from(known.candidate))
        .copied()
}

/// The digests of all words under every candidate of one shape, by their first 128 bits.
pub(super) struct DigestTable {
    known: HashMap<u128, WordDigest, BuildHasherDefault<FirstBits>>,
    /// A filter: one bit for each value of a digest's last bits. Most rows hold no common password,
    /// and end here without a look into a megabyte of memory.
    maybe: Box<[u64; 1 << (FILTER_BITS - 6)]>,
}

/// How many last bits the filter takes: 32 KiB, with one bit in thirteen set.
const FILTER_BITS: u32 = 18;

/// What a digest was made of.
#[derive(Clone, Copy)]
pub(super) struct WordDigest {
    pub(super) candidate: u8,
    /// The number of the word; none for the empty password.
    pub(super) word: Option<u16>,
}

impl DigestTable {
    /// The table of a shape. It is made when it is first asked for. All spellings of a digest share
    /// one.
    pub(super) fn of(shape: Shape) -> &'static Self {
        let shape = shape.without_salt();
        static TABLES: [OnceLock<DigestTable>; Shape::ALL.len()] =
            [const { OnceLock::new() }; Shape::ALL.len()];
        TABLES[shape.index()].get_or_init(|| Self::make(shape))
    }

    fn make(shape: Shape) -> Self {
        let mut table = Self {
            known: HashMap::default(),
            maybe: Box::new([0; _]),
        };
        for (candidate, scheme) in (0..).zip(shape.candidates()) {
            let mut add = |password: &str, word| {
                let text = digest(*scheme, password.as_bytes())
                    .expect("a candidate is an unsalted digest");
                let front = front(text.as_bytes()).expect("a digest is hex");
                // The empty password is the same in UTF-16, so the likeliest candidate gets its
                // digest.
                table
                    .known
                    .entry(front)
                    .or_insert(WordDigest { candidate, word });
                let (place, bit) = filter_bit(front);
                table.maybe[place] |= bit;
            };
            add("", None);
            for (number, word) in (0..).zip(words()) {
                add(word, Some(number));
            }
        }
        table
    }

    pub(super) fn get(&self, front: u128) -> Option<&WordDigest> {
        let (place, bit) = filter_bit(front);
        if self.maybe[place] & bit == 0 {
            return None;
        }
        self.known.get(&front)
    }
}

/// The filter's word, and the bit in it, that stand for a digest.
fn filter_bit(front: u128) -> (usize, u64) {
    let bits = front as usize & ((1 << FILTER_BITS) - 1);
    (bits / 64, 1 << (bits % 64))
}

/// A hasher for keys that are digests: their bits need no more mixing.
#[derive(Default)]
struct FirstBits(u64);

impl Hasher for FirstBits {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u128(&mut self, key: u128) {
        self.0 = key as u64;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_candidates_share_the_digest_of_a_word() {
        for shape in Shape::ALL.into_iter().filter(|shape| shape.is_bare_hex()) {
            let of_words = DigestTable::of(shape)
                .known
                .values()
                .filter(|known| known.word.is_some());
            assert_eq!(
                of_words.count(),
                shape.candidates().len() * words().count(),
                "{shape}"
            );
        }
    }
}
