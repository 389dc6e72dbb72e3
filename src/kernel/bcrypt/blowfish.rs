//! Blowfish as bcrypt uses it, K ciphers in lockstep.
//!
//! The rounds of Blowfish are a chain: each makes four look-ups at addresses that the round before
//! has made. One cipher alone leaves most of the processor waiting for its first-level cache. K
//! independent ciphers, a round of each in turn, fill the waits.
//!
//! There are no vectors here: gathering from the tables of several ciphers is no faster than
//! loading from them one by one.

#![expect(
    clippy::needless_range_loop,
    reason = "k runs through several arrays at once"
)]

use zeroize::Zeroize;

use super::pi::PI;

/// The words of the P-array.
const SUBKEYS: usize = 18;

/// The words of a key or of a salt, repeated as often as needed.
pub(super) type KeyWords = [u32; SUBKEYS];

/// The key schedule of one cipher: 4 KiB and a little.
#[derive(Clone)]
#[repr(align(64))]
pub(crate) struct KeySchedule {
    s: [[u32; 256]; 4],
    p: [u32; SUBKEYS],
}

impl KeySchedule {
    /// What every key starts from.
    pub(crate) fn initial() -> Self {
        let (p, s) = PI.split_at(SUBKEYS);
        let (boxes, _) = s.as_chunks::<256>();
        Self {
            s: std::array::from_fn(|i| boxes[i]),
            p: std::array::from_fn(|i| p[i]),
        }
    }

    #[cfg(test)]
    pub(crate) fn is_wiped(&self) -> bool {
        self.p == [0; SUBKEYS] && self.s == [[0; 256]; 4]
    }

    /// F: what is XORed into one half of the block, of the other half `x`.
    ///
    /// The indices are bytes and the tables have 256 entries, so the compiler drops the bounds
    /// checks.
    #[inline(always)]
    fn f(&self, x: u32) -> u32 {
        let [a, b, c, d] = [x >> 24, x >> 16 & 0xff, x >> 8 & 0xff, x & 0xff].map(|i| i as usize);
        (self.s[0][a].wrapping_add(self.s[1][b]) ^ self.s[2][c]).wrapping_add(self.s[3][d])
    }
}

impl Zeroize for KeySchedule {
    fn zeroize(&mut self) {
        self.s.zeroize();
        self.p.zeroize();
    }
}

/// The left and the right halves of K cipher blocks.
#[derive(Clone, Copy)]
pub(super) struct Halves<const K: usize> {
    pub(super) left: [u32; K],
    pub(super) right: [u32; K],
}

impl<const K: usize> Halves<K> {
    pub(super) const ZERO: Self = Self {
        left: [0; K],
        right: [0; K],
    };
}

/// Encrypts one block with each cipher.
#[inline(always)]
pub(super) fn encrypt<const K: usize>(states: &[KeySchedule; K], block: Halves<K>) -> Halves<K> {
    let Halves {
        left: mut l,
        right: mut r,
    } = block;
    for k in 0..K {
        l[k] ^= states[k].p[0];
    }
    for round in 0..8 {
        for k in 0..K {
            r[k] ^= states[k].f(l[k]) ^ states[k].p[2 * round + 1];
        }
        for k in 0..K {
            l[k] ^= states[k].f(r[k]) ^ states[k].p[2 * round + 2];
        }
    }
    for k in 0..K {
        r[k] ^= states[k].p[SUBKEYS - 1];
    }
    Halves { left: r, right: l }
}

/// ExpandKey of the bcrypt paper with a salt of zeros.
pub(super) fn expand<const K: usize>(states: &mut [KeySchedule; K], keys: &[KeyWords; K]) {
    expand_with(states, keys, |block, _| block);
}

/// ExpandKey: the salt's words are mixed into what is encrypted, four of them in turn.
pub(super) fn expand_salted<const K: usize>(
    states: &mut [KeySchedule; K],
    keys: &[KeyWords; K],
    salts: &[KeyWords; K],
) {
    expand_with(states, keys, |mut block, turn| {
        for k in 0..K {
            block.left[k] ^= salts[k][2 * (turn % 2)];
            block.right[k] ^= salts[k][2 * (turn % 2) + 1];
        }
        block
    });
}

/// Mixes the keys into the P-arrays. Then one long chain of encryptions replaces the P-arrays and
/// the S-boxes.
#[inline(always)]
fn expand_with<const K: usize>(
    states: &mut [KeySchedule; K],
    keys: &[KeyWords; K],
    prepare: impl Fn(Halves<K>, usize) -> Halves<K>,
) {
    for (state, key) in states.iter_mut().zip(keys) {
        for (p, word) in state.p.iter_mut().zip(key) {
            *p ^= word;
        }
    }
    let mut block = Halves::ZERO;
    for i in 0..SUBKEYS / 2 {
        block = encrypt(states, prepare(block, i));
        for k in 0..K {
            states[k].p[2 * i] = block.left[k];
            states[k].p[2 * i + 1] = block.right[k];
        }
    }
    for s in 0..4 {
        for i in 0..128 {
            // The P-array took nine blocks, so the S-boxes start in the middle of the salt.
            block = encrypt(states, prepare(block, SUBKEYS / 2 + i));
            for k in 0..K {
                states[k].s[s][2 * i] = block.left[k];
                states[k].s[s][2 * i + 1] = block.right[k];
            }
        }
    }
}
