//! Everyone who takes part: each as its own documentation shows it, or better.

use argon2::{Algorithm, Argon2, Block, Version};
use saltern::kernel::{
    Arena, Implementation, Input, KernelVariant, LOCKSTEP_MAX, Params, Plan, SingleHashes,
    hash_batch, hash_one,
};

/// A way to hash. `start` is called once on each thread and gives what hashes once and says how many hashes that was.
pub struct Contender {
    pub name: String,
    pub start: Box<dyn Fn() -> Box<dyn FnMut() -> u64> + Sync>,
}

const TEXT: &[u8] = b"5f4dcc3b5aa765d61d8327deb882cf99";
const SALT: &[u8; 16] = b"0123456789abcdef";

fn contender(
    name: &str,
    start: impl Fn() -> Box<dyn FnMut() -> u64> + Sync + 'static,
) -> Contender {
    Contender {
        name: name.to_owned(),
        start: Box::new(start),
    }
}

/// Another text each time, so that nobody gains by seeing the same one.
fn text(counter: &mut u64) -> Vec<u8> {
    *counter += 1;
    [TEXT, &counter.to_le_bytes()]
        .concat()
        .into_iter()
        .map(|byte| byte.max(1))
        .collect()
}

pub fn saltern(params: Params, implementation: Implementation, lockstep: usize) -> Contender {
    let name = format!("saltern {} x{lockstep}", implementation.as_str());
    by_plan(&name, move || {
        Plan::on(implementation, params)
            .expect("parameters and implementation")
            .with_lockstep(lockstep)
    })
}

/// The plan that a run would make: its lockstep and its variant are measured first.
pub fn tuned(params: Params, implementation: Implementation) -> Contender {
    let name = format!("saltern {} tuned", implementation.as_str());
    by_plan(&name, move || {
        let plan = Plan::on(implementation, params).expect("parameters and implementation");
        let plan = plan.tune(LOCKSTEP_MAX).expect("memory");
        println!("  tuned: x{} {}", plan.lockstep(), plan.variant());
        plan
    })
}

/// One variant of our own Argon2id.
pub fn variant(
    params: Params,
    (implementation, variant): (Implementation, KernelVariant),
    lockstep: usize,
) -> Contender {
    let name = format!("saltern {} x{lockstep} {variant}", implementation.as_str());
    by_plan(&name, move || {
        Plan::on(implementation, params)
            .expect("parameters and implementation")
            .with_lockstep(lockstep)
            .with_named_variant(variant)
    })
}

fn by_plan(name: &str, make: impl Fn() -> Plan + Sync + 'static) -> Contender {
    contender(name, move || {
        let plan = make();
        let lockstep = plan.lockstep();
        let mut arena = Arena::new(&plan).expect("memory");
        let mut out = vec![0; plan.output_len() * lockstep];
        let mut counter = 0;
        Box::new(move || {
            let texts: Vec<Vec<u8>> = (0..lockstep).map(|_| text(&mut counter)).collect();
            let inputs: Vec<Input<'_>> = texts
                .iter()
                .map(|text| Input { text, salt: SALT })
                .collect();
            hash_batch(&plan, &mut arena, &inputs, &mut out).expect("valid inputs");
            std::hint::black_box(&out);
            lockstep as u64
        })
    })
}

/// A login's hash, with the memory of the last one kept, or taken anew each time.
pub fn single(m: u32, t: u32, p: u32, keep: bool) -> Contender {
    let params = Params::Argon2id {
        memory_kib: m,
        iterations: t,
        parallelism: p,
        output_len: 32,
    };
    let name = if keep {
        "saltern single, memory kept"
    } else {
        "saltern single, memory taken"
    };
    contender(name, move || {
        let kept = SingleHashes {
            implementation: None,
            keep_bytes_max: if keep { usize::MAX } else { 0 },
        };
        // What is kept is kept for this contender alone, who is the only one of the kind.
        let mut whole_time = keep.then(|| kept.on_this_thread());
        let mut counter = 0;
        Box::new(move || {
            let this_time = whole_time.is_none().then(|| kept.on_this_thread());
            let text = text(&mut counter);
            let mut out = [0; 32];
            hash_one(
                params,
                Input {
                    text: &text,
                    salt: SALT,
                },
                &mut out,
            )
            .expect("valid input");
            std::hint::black_box(out);
            drop(this_time);
            std::hint::black_box(&mut whole_time);
            1
        })
    })
}

fn argon2(m: u32, t: u32, p: u32) -> Argon2<'static> {
    Argon2::new(
        Algorithm::Argon2id,
        Version::V0x13,
        argon2::Params::new(m, t, p, Some(32)).expect("parameters"),
    )
}

/// The crate as its documentation shows it: memory allocated by every call.
pub fn argon2_documented(m: u32, t: u32, p: u32) -> Contender {
    contender("crate argon2, as documented", move || {
        let (argon2, mut counter) = (argon2(m, t, p), 0);
        Box::new(move || {
            let mut out = [0; 32];
            argon2
                .hash_password_into(&text(&mut counter), SALT, &mut out)
                .expect("valid input");
            std::hint::black_box(out);
            1
        })
    })
}

/// The crate with its memory kept, in huge pages.
pub fn argon2_kept(m: u32, t: u32, p: u32) -> Contender {
    contender("crate argon2, memory kept, huge pages", move || {
        let (argon2, mut counter) = (argon2(m, t, p), 0);
        let mut blocks: Vec<Block> = Vec::with_capacity(argon2.params().block_count() + (4 << 10));
        let start = blocks.as_mut_ptr().cast::<u8>().align_offset(2 << 20);
        // SAFETY: the range lies within the vector's capacity, and the advice changes nothing that can be seen.
        unsafe {
            let start = blocks.as_mut_ptr().cast::<u8>().add(start);
            libc::madvise(
                start.cast(),
                argon2.params().block_count() << 10,
                libc::MADV_HUGEPAGE,
            );
        }
        blocks.resize(blocks.capacity(), Block::new());
        let first = start / size_of::<Block>();
        Box::new(move || {
            let mut out = [0; 32];
            let memory = &mut blocks[first..];
            argon2
                .hash_password_into_with_memory(&text(&mut counter), SALT, &mut out, memory)
                .expect("valid input");
            std::hint::black_box(out);
            1
        })
    })
}

fn argon2_rust_params(m: u32, t: u32, p: u32) -> argon2_rust::Params {
    use argon2_rust::params::{Memory, TagLen};
    let params = argon2_rust::Params::builder()
        .memory(Memory::kib(u64::from(m)))
        .passes(t)
        .lanes(p)
        .threads(1);
    params
        .tag_len(TagLen::bytes(32))
        .build()
        .expect("parameters")
}

/// The best published crate, pooled: its `Hasher` keeps the memory.
pub fn argon2_rust(m: u32, t: u32, p: u32) -> Contender {
    let name = if cfg!(feature = "wipe") {
        "crate argon2-rust, pooled, wiping"
    } else {
        "crate argon2-rust, pooled"
    };
    contender(name, move || {
        use argon2_rust::{Algorithm, Argon2, Version};
        let params = argon2_rust_params(m, t, p);
        let mut hasher = Argon2::new(Algorithm::Argon2id, Version::V0x13, params).hasher();
        let mut counter = 0;
        Box::new(move || {
            let mut out = [0; 32];
            hasher
                .hash_into(&text(&mut counter), SALT, &mut out)
                .expect("valid input");
            std::hint::black_box(out);
            1
        })
    })
}

/// The best published AVX2 path, reached through that crate's `internal-api`.
pub fn argon2_rust_avx2(m: u32, t: u32, p: u32) -> Contender {
    contender("crate argon2-rust, AVX2", move || {
        use argon2_rust::__internal::hash_with_backend;
        use argon2_rust::{Algorithm, Backend, Version};
        assert!(Backend::Avx2.is_available());
        let params = argon2_rust_params(m, t, p);
        let mut counter = 0;
        Box::new(move || {
            let mut out = [0; 32];
            let text = text(&mut counter);
            // SAFETY: the backend was found to be available above.
            let hashed = unsafe {
                let (id, version) = (Algorithm::Argon2id, Version::V0x13);
                hash_with_backend(
                    Backend::Avx2,
                    id,
                    version,
                    &params,
                    &text,
                    SALT,
                    &[],
                    &[],
                    &mut out,
                )
            };
            hashed.expect("valid input");
            std::hint::black_box(out);
            1
        })
    })
}

#[cfg(feature = "libargon2")]
pub fn libargon2(m: u32, t: u32, p: u32) -> Contender {
    use std::ffi::{c_int, c_void};
    #[link(name = "argon2")]
    unsafe extern "C" {
        fn argon2id_hash_raw(
            t: u32,
            m: u32,
            p: u32,
            password: *const c_void,
            password_len: usize,
            salt: *const c_void,
            salt_len: usize,
            hash: *mut c_void,
            hash_len: usize,
        ) -> c_int;
    }
    contender("libargon2", move || {
        let mut counter = 0;
        Box::new(move || {
            let (text, mut out) = (text(&mut counter), [0_u8; 32]);
            // SAFETY: every pointer comes with its length, and all live through the call.
            let code = unsafe {
                let (salt, hash) = (SALT.as_ptr().cast(), out.as_mut_ptr().cast());
                argon2id_hash_raw(
                    t,
                    m,
                    p,
                    text.as_ptr().cast(),
                    text.len(),
                    salt,
                    SALT.len(),
                    hash,
                    out.len(),
                )
            };
            assert_eq!(code, 0);
            std::hint::black_box(out);
            1
        })
    })
}

pub fn bcrypt(cost: u32) -> Contender {
    contender("crate bcrypt", move || {
        let mut counter = 0;
        Box::new(move || {
            let text = [text(&mut counter), vec![0]].concat();
            std::hint::black_box(bcrypt::bcrypt(cost, *SALT, &text));
            1
        })
    })
}

#[cfg(feature = "libxcrypt")]
pub fn libxcrypt(cost: u32) -> Contender {
    use std::ffi::{CStr, CString, c_char};
    #[link(name = "crypt")]
    unsafe extern "C" {
        fn crypt(phrase: *const c_char, setting: *const c_char) -> *const c_char;
    }
    contender("libxcrypt", move || {
        let setting =
            CString::new(format!("$2b${cost:02}$abcdefghijklmnopqrstuu")).expect("no NUL");
        let mut counter = 0;
        Box::new(move || {
            let text = CString::new(text(&mut counter)).expect("no NUL");
            // SAFETY: both are NUL-terminated. The result is static, which is why this runs on one thread only.
            let hash = unsafe { CStr::from_ptr(crypt(text.as_ptr(), setting.as_ptr())) };
            assert_eq!(hash.count_bytes(), 60);
            1
        })
    })
}
