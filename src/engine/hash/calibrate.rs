//! How fast this machine hashes, and how many hashes at once. Measured for a moment on the threads
//! that a run would use.

use std::time::{Duration, Instant};

use zeroize::Zeroizing;

use super::budget::Budget;
use super::pool::Hasher;
use crate::engine::error::{EngineError, HasherError};
use crate::engine::event::{Event, Observer};
use crate::engine::judge::work::Work;
use crate::engine::session::Session;
use crate::failpoint::hit;
use crate::kernel::{KernelError, Plan};
use crate::scheme::{Dialect, InnerId, Outer};

/// What was measured.
#[derive(Clone, Copy, Debug)]
pub struct Calibration {
    /// Hashes a second on all threads.
    pub hashes_per_second: f64,
    /// How many hashes were made for it.
    pub hashes: u64,
}

/// What this machine can do, as it was measured.
pub(crate) struct MeasuredRate {
    /// With as many hashes at once as are best here.
    pub(crate) budget: Budget,
    /// Hashes a second.
    pub(crate) rate: f64,
}

/// The same budget with as many hashes at once, and the variant, as measure best. It takes half a
/// second at the most.
///
/// Where the memory has room for one alone, and where the crates hash, there is nothing to try.
///
/// # Errors
/// A system that refuses the memory that it offered.
pub fn tune(budget: &Budget) -> Result<Budget, KernelError> {
    // All threads at the same time: they share the caches and the memory, as they will in the run.
    let found: Result<Vec<Plan>, KernelError> = std::thread::scope(|scope| {
        let trial = || budget.plan.clone().tune(budget.lockstep_max);
        let threads: Vec<_> = (0..budget.threads).map(|_| scope.spawn(trial)).collect();
        let ends = threads.into_iter().map(std::thread::ScopedJoinHandle::join);
        ends.map(|end| end.unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    });
    let found = found?;
    let lockstep = middle(found.iter().map(Plan::lockstep).collect());
    let tuned = budget.with_lockstep(lockstep);
    Ok(match most(&found) {
        Some(plan) => Budget {
            plan: tuned.plan.with_variant_of(plan),
            ..tuned
        },
        None => tuned,
    })
}

/// The first of the plans whose variant most of them have.
fn most(found: &[Plan]) -> Option<&Plan> {
    let alike = |plan: &Plan| {
        let variants = found.iter().map(Plan::variant);
        variants.filter(|other| *other == plan.variant()).count()
    };
    let most = found.iter().map(alike).max()?;
    found.iter().find(|plan| alike(plan) == most)
}

/// The lower median: of two in the middle the one that takes less memory.
fn middle(mut found: Vec<usize>) -> usize {
    found.sort_unstable();
    found
        .get((found.len().max(1) - 1) / 2)
        .copied()
        .unwrap_or(1)
}

/// Measures for about `at_least`, one round at the least.
///
/// # Errors
/// Where hashing itself fails.
pub async fn calibrate(
    outer: Outer,
    budget: &Budget,
    at_least: Duration,
) -> Result<Calibration, HasherError> {
    // How a value is spelt costs nothing.
    let hasher = Hasher::start(outer, Dialect::default(), budget)?;
    let round = budget.threads * budget.plan.lockstep().max(1);
    let batch = |n: usize| -> Vec<Work> {
        (0..n)
            .map(|_| Work {
                text: Zeroizing::new(b"5f4dcc3b5aa765d61d8327deb882cf99".to_vec()),
                inner: InnerId::parse("md5"),
                setting: None,
            })
            .collect()
    };
    // The first round makes the arenas and warms the processor up.
    hasher
        .submit(batch(round))?
        .await
        .map_err(|_| HasherError::Gone)?;
    // For the tests that start a run hundreds of times.
    let at_least = if hit("short-calibration") {
        at_least / 30
    } else {
        at_least
    };
    let begun = Instant::now();
    let mut hashes = 0;
    let mut size = round;
    while hashes == 0 || begun.elapsed() < at_least {
        let round_begun = Instant::now();
        hasher
            .submit(batch(size))?
            .await
            .map_err(|_| HasherError::Gone)?;
        hashes += size as u64;
        if round_begun.elapsed() < Duration::from_millis(50) {
            size = (size * 2).min(16_384);
            hasher.tune(
                size as f64 / round_begun.elapsed().as_secs_f64().max(1e-6) / budget.threads as f64,
            );
        }
    }
    if let Some(error) = hasher.error() {
        return Err(HasherError::Kernel(*error));
    }
    Ok(Calibration {
        hashes_per_second: hashes as f64 / begun.elapsed().as_secs_f64(),
        hashes,
    })
}

/// How many hashes at once this machine makes best, and how many a second.
pub(crate) async fn measure(
    session: &Session<'_>,
    budget: &Budget,
    observer: &dyn Observer,
) -> Result<MeasuredRate, EngineError> {
    observer.on(
        None,
        &Event::Preparing {
            what: "measuring this machine".to_owned(),
        },
    );
    let outer = session.settings.target.outer;
    let budget = tune(budget)?;
    let calibration = calibrate(outer, &budget, Duration::from_millis(300)).await?;
    Ok(MeasuredRate {
        budget,
        rate: calibration.hashes_per_second,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::budget;
    use crate::kernel::{Implementation, Params};
    use crate::machine::Machine;

    fn check(path: Implementation, hashing_mib: u64, lockstep: std::ops::RangeInclusive<usize>) {
        let params = Params::Argon2id {
            memory_kib: 1024,
            iterations: 1,
            parallelism: 1,
            output_len: 32,
        };
        let plan = Plan::on(path, params).expect("good parameters");
        let machine = Machine {
            cpus: 2,
            memory_bytes: Some((512 + hashing_mib) << 20),
        };
        let budget = tune(&budget(&machine, &plan, None).expect("fits")).expect("memory");
        assert_eq!(budget.threads, 2);
        assert!(lockstep.contains(&budget.plan.lockstep()), "{budget:?}");
        assert!(budget.hashing_bytes <= hashing_mib << 20);
        assert_eq!(budget.hashing_bytes, 2 * budget.plan.arena_bytes() as u64);
    }

    #[test]
    fn a_tuned_budget_keeps_its_threads_and_stays_within_the_memory() {
        check(Implementation::Portable, 4, 1..=2);
        check(Implementation::Portable, 100, 1..=3);
    }

    #[test]
    fn a_lockstep_that_the_memory_narrowed_stays_as_it_is() {
        check(Implementation::Portable, 3, 1..=1);
    }

    #[test]
    fn the_crates_make_one_at_a_time() {
        check(Implementation::Crates, 100, 1..=1);
    }

    #[test]
    fn the_threads_agree_on_the_lower_one_in_the_middle() {
        for (found, taken) in [
            (vec![2], 2),
            (vec![3, 2], 2),
            (vec![1, 3, 2], 2),
            (vec![3, 3, 1, 2], 2),
            (vec![3, 3, 1], 3),
        ] {
            assert_eq!(middle(found), taken);
        }
    }
}
