//! A hash from its input to its digest.

use zeroize::{Zeroize, Zeroizing};

use super::blowfish::{Halves, KeySchedule, KeyWords, encrypt, expand, expand_salted};
use crate::kernel::{BCRYPT_INPUT_MAX, BCRYPT_OUTPUT_LEN, Input};

/// The most hashes that are made in lockstep. The registers of no processor hold more.
const LOCKSTEP_MAX: usize = 8;

/// "OrpheanBeholderScryDoubt", as three cipher blocks.
const MAGIC: [[u32; 2]; 3] = [
    [0x4f72_7068, 0x6561_6e42],
    [0x6568_6f6c, 0x6465_7253],
    [0x6372_7944, 0x6f75_6274],
];

/// How often each block of the magic text is encrypted.
const MAGIC_ROUNDS: usize = 64;

/// Hashes all `inputs` at the same time: at most as many as there are `states`.
pub(crate) fn hash_lockstep(
    cost: u32,
    states: &mut [KeySchedule],
    inputs: &[Input<'_>],
    out: &mut [u8],
) {
    match inputs.len() {
        0 => {}
        1 => hash_together::<1>(cost, states, inputs, out),
        2 => hash_together::<2>(cost, states, inputs, out),
        3 => hash_together::<3>(cost, states, inputs, out),
        4 => hash_together::<4>(cost, states, inputs, out),
        5 => hash_together::<5>(cost, states, inputs, out),
        6 => hash_together::<6>(cost, states, inputs, out),
        7 => hash_together::<7>(cost, states, inputs, out),
        _ => {
            let (now, later) = inputs.split_at(LOCKSTEP_MAX);
            let (out_now, out_later) = out.split_at_mut(LOCKSTEP_MAX * BCRYPT_OUTPUT_LEN);
            hash_together::<LOCKSTEP_MAX>(cost, states, now, out_now);
            hash_lockstep(cost, states, later, out_later);
        }
    }
}

fn hash_together<const K: usize>(
    cost: u32,
    states: &mut [KeySchedule],
    inputs: &[Input<'_>],
    out: &mut [u8],
) {
    let states: &mut [KeySchedule; K] = states
        .first_chunk_mut()
        .expect("an arena has a state for each hash in lockstep");
    let keys = Zeroizing::new(std::array::from_fn::<_, K, _>(|k| {
        key_words(inputs[k].text)
    }));
    let salts: [KeyWords; K] = std::array::from_fn(|k| repeat(inputs[k].salt));
    states.fill(KeySchedule::initial());

    expand_salted(states, &keys, &salts);
    for _ in 0..1_u64 << cost {
        expand(states, &keys);
        expand(states, &salts);
    }

    let mut digests = Zeroizing::new([[0_u8; 24]; K]);
    for (part, [left, right]) in MAGIC.into_iter().enumerate() {
        let mut block = Halves {
            left: [left; K],
            right: [right; K],
        };
        for _ in 0..MAGIC_ROUNDS {
            block = encrypt(states, block);
        }
        for k in 0..K {
            digests[k][8 * part..][..4].copy_from_slice(&block.left[k].to_be_bytes());
            digests[k][8 * part + 4..][..4].copy_from_slice(&block.right[k].to_be_bytes());
        }
    }
    for (out, digest) in out.chunks_exact_mut(BCRYPT_OUTPUT_LEN).zip(&*digests) {
        out.copy_from_slice(&digest[..BCRYPT_OUTPUT_LEN]);
    }
}

/// The words of a password with its terminating NUL.
fn key_words(text: &[u8]) -> KeyWords {
    let mut key = [0; BCRYPT_INPUT_MAX + 1];
    key[..text.len()].copy_from_slice(text);
    let words = repeat(&key[..=text.len()]);
    key.zeroize();
    words
}

/// The bytes over and over, as big-endian words.
fn repeat(bytes: &[u8]) -> KeyWords {
    let mut bytes = bytes.iter().copied().cycle();
    std::array::from_fn(|_| {
        u32::from_be_bytes(std::array::from_fn(|_| bytes.next().unwrap_or_default()))
    })
}
