//! What is compared, and with whom.

use saltern::kernel::{Implementation, KernelVariant, Params};

use crate::contenders::{self, Contender};

/// One line of parameters and everyone who computes it. The first contender is what the others are measured by.
pub struct Case {
    pub name: &'static str,
    pub contenders: Vec<Contender>,
}

/// All of them, or the one that was asked for by its m, t and p.
pub fn all(argon2id: Option<[u32; 3]>) -> Vec<Case> {
    if let Some([m, t, p]) = argon2id {
        return vec![
            argon2("argon2", m, t, p),
            avx2("avx2", m, t, p),
            variants("variants", m, t, p),
        ];
    }
    vec![
        argon2("argon2-default", 19456, 2, 1),
        argon2("argon2-one-pass", 47104, 1, 1),
        argon2("argon2-four-lanes", 65536, 3, 4),
        avx2("avx2-default", 19456, 2, 1),
        avx2("avx2-one-pass", 47104, 1, 1),
        variants("variants-default", 19456, 2, 1),
        variants("variants-one-pass", 47104, 1, 1),
        variants("variants-in-cache", 512, 2, 1),
        bcrypt("bcrypt-10", 10),
        bcrypt("bcrypt-12", 12),
    ]
}

fn params(memory_kib: u32, iterations: u32, parallelism: u32) -> Params {
    Params::Argon2id {
        memory_kib,
        iterations,
        parallelism,
        output_len: 32,
    }
}

fn argon2(name: &'static str, m: u32, t: u32, p: u32) -> Case {
    let mut contenders = vec![
        contenders::argon2_documented(m, t, p),
        contenders::argon2_kept(m, t, p),
    ];
    // It starts a thread a lane, which is another thing.
    #[cfg(feature = "libargon2")]
    if p == 1 {
        contenders.push(contenders::libargon2(m, t, p));
    }
    contenders.push(contenders::argon2_rust(m, t, p));
    for lockstep in 1..=4 {
        contenders.push(contenders::saltern(
            params(m, t, p),
            Implementation::best(),
            lockstep,
        ));
    }
    for keep in [true, false] {
        contenders.push(contenders::single(m, t, p, keep));
    }
    Case { name, contenders }
}

fn avx2(name: &'static str, m: u32, t: u32, p: u32) -> Case {
    let mut contenders = vec![contenders::argon2_rust_avx2(m, t, p)];
    for lockstep in 1..=4 {
        contenders.push(contenders::saltern(
            params(m, t, p),
            Implementation::Avx2,
            lockstep,
        ));
    }
    contenders.push(contenders::saltern(
        params(m, t, p),
        Implementation::Portable,
        2,
    ));
    Case { name, contenders }
}

/// What tuning chooses beside every variant. Nobody else takes part.
fn variants(name: &'static str, m: u32, t: u32, p: u32) -> Case {
    let best = Implementation::best();
    let mut contenders = vec![contenders::tuned(params(m, t, p), best)];
    let locksteps: &[usize] = if p == 1 { &[1, 2, 3] } else { &[1] };
    for lockstep in locksteps {
        for variant in KernelVariant::all() {
            let how = (best, variant);
            contenders.push(contenders::variant(params(m, t, p), how, *lockstep));
        }
    }
    Case { name, contenders }
}

fn bcrypt(name: &'static str, cost: u32) -> Case {
    let mut contenders = vec![contenders::bcrypt(cost)];
    #[cfg(feature = "libxcrypt")]
    contenders.push(contenders::libxcrypt(cost));
    for lockstep in 1..=8 {
        contenders.push(contenders::saltern(
            Params::Bcrypt { cost },
            Implementation::best(),
            lockstep,
        ));
    }
    Case { name, contenders }
}
