//! Our kernels against the crates, on random small parameters.
//!
//! `SALTERN_KERNEL_CASES` sets how many hashes each test compares; a thousand or so by default.

use super::*;

/// SplitMix64: small, and the same everywhere.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn between(&mut self, min: u64, max: u64) -> u64 {
        min + self.next() % (max - min + 1)
    }

    fn bytes(&mut self, len: u64) -> Vec<u8> {
        (0..len).map(|_| self.next() as u8).collect()
    }
}

/// How many hashes to compare.
fn cases(default: u64) -> u64 {
    #[expect(
        clippy::disallowed_methods,
        reason = "a test is a face: it reads how long it may run"
    )]
    let wished = std::env::var("SALTERN_KERNEL_CASES");
    wished
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(default)
}

/// One batch by `implementation` and by the crates; says how many hashes were compared.
fn compare(implementation: Implementation, random: &mut Random, params: Params) -> u64 {
    let (text_max, nul) = match params {
        Params::Argon2id { .. } => (random.between(0, 300), true),
        Params::Bcrypt { .. } => (BCRYPT_INPUT_MAX as u64, false),
        Params::Pbkdf2Sha256 { .. } => (random.between(0, 300), true),
    };
    let lockstep = random.between(1, LOCKSTEP_MAX as u64) as usize;
    let variants: Vec<KernelVariant> = KernelVariant::all().collect();
    let variant = variants[random.next() as usize % variants.len()];
    let (secret_len, data_len) = (
        random.next() % 2 * 9,
        random.next() % 2 * random.between(0, 32),
    );
    let (secret, data) = (random.bytes(secret_len), random.bytes(data_len));
    let count = random.between(1, 5);
    let texts: Vec<(Vec<u8>, [u8; 16])> = (0..count)
        .map(|_| {
            let len = random.between(0, text_max);
            let mut text = random.bytes(len);
            if !nul {
                text.iter_mut().for_each(|byte| *byte = (*byte).max(1));
            }
            (text, std::array::from_fn(|_| random.next() as u8))
        })
        .collect();
    let inputs: Vec<Input<'_>> = texts
        .iter()
        .map(|(text, salt)| Input { text, salt })
        .collect();
    let hash = |implementation| {
        let plan = Plan::on(implementation, params)
            .unwrap()
            .with_lockstep(lockstep)
            .with_named_variant(variant);
        let plan = plan
            .with_secret(&secret)
            .with_associated_data(&data)
            .unwrap();
        let mut arena = Arena::new(&plan).unwrap();
        let mut out = vec![0; inputs.len() * plan.output_len()];
        hash_batch(&plan, &mut arena, &inputs, &mut out).unwrap();
        out
    };
    assert!(
        hash(implementation) == hash(Implementation::Crates),
        "{implementation:?} {variant} differs with {params:?}, lockstep {lockstep}, {count} inputs, secret of {secret_len}, data of {data_len}"
    );
    count
}

fn argon2id(implementation: Implementation) {
    if !implementation.is_available() {
        return;
    }
    let mut random = Random(implementation as u64);
    let mut left = cases(400);
    while left > 0 {
        let parallelism = random.between(1, 8) as u32;
        let memory_kib = (8 * parallelism).max(random.between(8, 200) as u32);
        let output_len = if random.next().is_multiple_of(4) {
            random.between(4, 200)
        } else {
            32
        } as usize;
        let iterations = random.between(1, 4) as u32;
        let params = Params::Argon2id {
            memory_kib,
            iterations,
            parallelism,
            output_len,
        };
        left = left.saturating_sub(compare(implementation, &mut random, params));
    }
}

#[test]
fn portable_argon2id_equals_the_crate() {
    argon2id(Implementation::Portable);
}

#[test]
fn avx2_argon2id_equals_the_crate() {
    argon2id(Implementation::Avx2);
}

#[test]
fn avx512_argon2id_equals_the_crate() {
    argon2id(Implementation::Avx512);
}

/// Two address blocks and more a segment.
#[test]
fn larger_memory_equals_the_crate() {
    let mut random = Random(1);
    for implementation in Implementation::ALL
        .into_iter()
        .filter(|implementation| implementation.is_available())
    {
        for (memory_kib, iterations, parallelism) in
            [(1601, 1, 1), (2063, 2, 2), (1027, 3, 1), (3000, 1, 5)]
        {
            compare(
                implementation,
                &mut random,
                Params::Argon2id {
                    memory_kib,
                    iterations,
                    parallelism,
                    output_len: 32,
                },
            );
        }
    }
}

#[test]
fn bcrypt_equals_the_crate() {
    let mut random = Random(2);
    let mut left = cases(100);
    while left > 0 {
        left = left.saturating_sub(compare(
            Implementation::Portable,
            &mut random,
            Params::Bcrypt { cost: 4 },
        ));
    }
}
