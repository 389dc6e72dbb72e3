//! One hash at a time on the thread that calls: what a login needs.
//!
//! By default each hash takes its memory and gives it back wiped, because an application may call
//! from hundreds of threads. A thread that hashes often asks with [`SingleHashes`] to keep its
//! memory from one hash to the next.

use std::cell::RefCell;
use std::marker::PhantomData;

use crate::kernel::{Arena, Implementation, Input, KernelError, Params, Plan, hash_batch};

/// How a thread makes single hashes.
#[derive(Clone, Copy, Debug, Default)]
pub struct SingleHashes {
    /// What computes them; none for [`Implementation::best`].
    pub implementation: Option<Implementation>,
    /// The most bytes of memory that are kept for the next hash, wiped. A hash that needs more
    /// gives its memory back at once.
    pub keep_bytes_max: usize,
}

/// Guard: restores the thread's previous settings when dropped, and gives back the kept memory.
#[must_use = "it is over when this is dropped"]
pub struct OnThisThread {
    before: Here,
    /// Not `Send`: the thread that made it must drop it.
    _stays: PhantomData<*const ()>,
}

/// The settings of a thread, and the memory that it keeps.
#[derive(Default)]
struct Here {
    how: SingleHashes,
    kept: Option<(Plan, Arena)>,
}

thread_local! {
    static HERE: RefCell<Here> = RefCell::default();
}

impl SingleHashes {
    /// Applies these settings to this thread until the guard is dropped.
    pub fn on_this_thread(self) -> OnThisThread {
        let here = Here {
            how: self,
            kept: None,
        };
        OnThisThread {
            before: HERE.replace(here),
            _stays: PhantomData,
        }
    }
}

impl Drop for OnThisThread {
    fn drop(&mut self) {
        HERE.replace(std::mem::take(&mut self.before));
    }
}

impl std::fmt::Debug for OnThisThread {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OnThisThread(..)")
    }
}

/// Hashes one input into `out`, which must have the length of the digest.
///
/// # Errors
/// As [`Plan::new`] and [`hash_batch`] say; where the system has no memory for it.
pub fn hash_one(params: Params, input: Input<'_>, out: &mut [u8]) -> Result<(), KernelError> {
    HERE.with_borrow_mut(|here| {
        let implementation = here.how.implementation.unwrap_or_else(Implementation::best);
        let (plan, mut arena) = match here.kept.take() {
            Some((plan, arena))
                if plan.params() == params && plan.implementation() == implementation =>
            {
                (plan, arena)
            }
            kept => {
                let plan = Plan::on(implementation, params)?.with_lockstep(1);
                // Memory that does not fit is given back before new memory is taken.
                match kept.filter(|(_, arena)| arena.fits(&plan)) {
                    Some((_, arena)) => (plan, arena),
                    None => {
                        let arena = Arena::new(&plan)?;
                        (plan, arena)
                    }
                }
            }
        };
        let hashed = hash_batch(&plan, &mut arena, &[input], out);
        if plan.arena_bytes() <= here.how.keep_bytes_max {
            // The next login may come much later, so nothing of this one may stay.
            arena.wipe();
            here.kept = Some((plan, arena));
        }
        hashed
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: Params = argon2id(64);
    const LARGE: Params = argon2id(256);

    const fn argon2id(memory_kib: u32) -> Params {
        Params::Argon2id {
            memory_kib,
            iterations: 1,
            parallelism: 1,
            output_len: 32,
        }
    }

    fn hash(params: Params) -> Vec<u8> {
        let input = Input {
            text: b"password",
            salt: b"saltsaltsaltsalt",
        };
        let mut out = vec![0; 32];
        hash_one(params, input, &mut out).unwrap();
        out
    }

    /// The implementation and the bytes of the memory that this thread keeps.
    fn kept() -> Option<(Implementation, usize)> {
        HERE.with_borrow(|here| {
            let (plan, _) = here.kept.as_ref()?;
            Some((plan.implementation(), plan.arena_bytes()))
        })
    }

    #[test]
    fn every_path_makes_the_same_hash_with_and_without_kept_memory() {
        let expected = [hash(SMALL), hash(LARGE)];
        for implementation in Implementation::ALL
            .into_iter()
            .filter(|implementation| implementation.is_available())
        {
            for keep_bytes_max in [0, 64 << 10, 256 << 10] {
                let how = SingleHashes {
                    implementation: Some(implementation),
                    keep_bytes_max,
                };
                let _how = how.on_this_thread();
                for _ in 0..2 {
                    assert_eq!([hash(SMALL), hash(LARGE)], expected);
                    assert_eq!(
                        [hash(LARGE), hash(SMALL)],
                        [&expected[1][..], &expected[0][..]]
                    );
                }
            }
        }
    }

    #[test]
    fn by_itself_a_thread_keeps_nothing() {
        hash(SMALL);
        assert_eq!(kept(), None);
    }

    #[test]
    fn memory_is_kept_up_to_the_limit_and_given_back_at_the_end() {
        let implementation = Implementation::Portable;
        let how = SingleHashes {
            implementation: Some(implementation),
            keep_bytes_max: 64 << 10,
        };
        let over = how.on_this_thread();
        hash(SMALL);
        assert_eq!(kept(), Some((implementation, 64 << 10)));
        hash(LARGE);
        assert_eq!(kept(), None);
        hash(SMALL);
        drop(over);
        assert_eq!(kept(), None);
    }

    #[test]
    fn kept_memory_is_wiped_after_every_hash() {
        let implementations = Implementation::ALL
            .into_iter()
            .filter(|implementation| implementation.is_available());
        for params in [SMALL, Params::Bcrypt { cost: 4 }] {
            for implementation in implementations.clone() {
                let how = SingleHashes {
                    implementation: Some(implementation),
                    keep_bytes_max: 1 << 20,
                };
                let _how = how.on_this_thread();
                let plan = Plan::on(implementation, params).unwrap();
                let input = Input {
                    text: b"password",
                    salt: b"saltsaltsaltsalt",
                };
                hash_one(params, input, &mut vec![0; plan.output_len()]).unwrap();
                HERE.with_borrow(|here| assert!(here.kept.as_ref().unwrap().1.is_wiped()));
            }
        }
    }

    #[test]
    fn one_way_within_another_ends_before_it() {
        let by = |implementation| {
            let how = SingleHashes {
                implementation: Some(implementation),
                keep_bytes_max: 1 << 20,
            };
            how.on_this_thread()
        };
        let _outer = by(Implementation::Portable);
        hash(SMALL);
        let inner = by(Implementation::Crates);
        hash(SMALL);
        assert_eq!(kept().unwrap().0, Implementation::Crates);
        drop(inner);
        assert_eq!(kept().unwrap().0, Implementation::Portable);
    }

    #[test]
    fn what_the_hash_function_refuses_is_an_error() {
        let input = Input {
            text: b"password",
            salt: b"short",
        };
        assert_eq!(
            hash_one(SMALL, input, &mut [0; 32]),
            Err(KernelError::SaltLen { len: 5 })
        );
        assert!(matches!(
            hash_one(argon2id(1), input, &mut [0; 32]),
            Err(KernelError::MemoryTooLittle { .. })
        ));
    }
}
