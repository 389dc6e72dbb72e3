//! Known answers, which an implementation must give before it is trusted with passwords.

use crate::kernel::{Arena, Implementation, Input, KernelVariant, Params, Plan, hash_batch};

/// A digest that a reference implementation made.
struct KnownAnswer {
    params: Params,
    digest: &'static [u8],
}

const TEXT: &[u8] = b"5f4dcc3b5aa765d61d8327deb882cf99";
const SALT: &[u8; 16] = b"saltern selftest";

/// One lane, several passes, and more than 128 blocks a segment, so that the second block of
/// addresses is used. Made by libargon2.
const ONE_LANE: KnownAnswer = KnownAnswer {
    params: Params::Argon2id { memory_kib: 1100, iterations: 3, parallelism: 1, output_len: 24 },
    digest: b"\x80\x78\x90\x41\x4e\x77\x3b\xc9\xd3\xe8\xf8\x89\xca\x0d\xa2\x9a\xc2\xd5\xdb\x56\x51\x56\xd5\x3a",
};

/// Lanes that refer to each other, and memory that is rounded down. Made by libargon2.
const LANES: KnownAnswer = KnownAnswer {
    params: Params::Argon2id { memory_kib: 97, iterations: 2, parallelism: 3, output_len: 24 },
    digest: b"\x2a\xab\xf0\x22\x45\xf4\x49\x3e\xe3\x62\xd7\xe5\x79\x3e\x21\x16\xb8\xe7\xc3\x37\xef\xd0\x7a\xce",
};

const BCRYPT: KnownAnswer = KnownAnswer {
    params: Params::Bcrypt { cost: 4 },
    digest: b"\xcc\x2b\xd2\x5a\x38\x14\x39\x66\xd1\xc4\x90\x4f\x07\xf9\x67\xb5\xca\x9f\x4c\x2d\xcd\xa7\x03",
};

/// Made by Python's hashlib.
const PBKDF2: KnownAnswer = KnownAnswer {
    params: Params::Pbkdf2Sha256 { iterations: 3 },
    digest: b"\x40\x67\xcb\x55\xca\xd4\x33\x86\x35\x31\xcb\xf6\x63\x4d\x45\x40\x46\x8d\x59\xe6\xd2\x9a\x57\x4f\x10\xf6\x61\x6f\x69\x04\xcf\xe6",
};

/// Whether an available implementation gives the known digests: in lockstep with another input, and
/// alone.
pub(super) fn passes(implementation: Implementation, variant: KernelVariant) -> bool {
    [ONE_LANE, LANES, BCRYPT, PBKDF2]
        .iter()
        .all(|known| gives((implementation, variant), known))
}

fn gives((implementation, variant): (Implementation, KernelVariant), known: &KnownAnswer) -> bool {
    let input = Input {
        text: TEXT,
        salt: SALT,
    };
    let other = Input {
        text: b"another input",
        salt: SALT,
    };
    let inputs = [other, input, input];
    let mut out = vec![0; inputs.len() * known.digest.len()];
    let hashed = Plan::on(implementation, known.params)
        .map(|plan| plan.with_lockstep(2).with_named_variant(variant))
        .and_then(|plan| {
            let mut arena = Arena::new(&plan)?;
            hash_batch(&plan, &mut arena, &inputs, &mut out)
        });
    let (others, known_twice) = out.split_at(known.digest.len());
    hashed.is_ok()
        && others != known.digest
        && known_twice
            .chunks(known.digest.len())
            .all(|digest| digest == known.digest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_available_path_passes() {
        for implementation in Implementation::ALL
            .into_iter()
            .filter(|implementation| implementation.is_available())
        {
            for variant in KernelVariant::all() {
                assert!(
                    passes(implementation, variant),
                    "{implementation:?} {variant}"
                );
            }
        }
    }

    #[test]
    fn another_digest_fails() {
        let wrong = KnownAnswer {
            digest: LANES.digest,
            ..ONE_LANE
        };
        assert!(!gives(
            (Implementation::Portable, KernelVariant::DEFAULT),
            &wrong
        ));
    }
}
