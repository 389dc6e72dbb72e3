//! How fast one thread hashes with a plan, and how many hashes at once it does best.

use std::time::{Duration, Instant};

use super::{Arena, Input, KernelError, Params, Plan, hash_batch};

/// The numbers of hashes at once that are tried.
const ARGON2ID_TRIED: [usize; 3] = [1, 2, 3];
const BCRYPT_TRIED: [usize; 4] = [3, 4, 6, 8];

/// How often each is tried. The best time counts: what disturbs a turn only makes it longer.
const TURNS: usize = 3;

/// Where one batch takes longer than this, nothing is tried.
const BATCH_SECONDS_MAX: f64 = 0.5;

/// The cost that bcrypt is tried at: the work of a round does not depend on it.
const BCRYPT_TRIAL_COST: u32 = 6;

/// Hashes a second of one thread, measured for at least `at_least` after a batch to warm up.
pub fn hashes_per_second(plan: &Plan, at_least: Duration) -> Result<f64, KernelError> {
    let mut bench = Bench::new(plan)?;
    bench.batch_seconds()?;
    let (mut seconds, mut batches) = (0.0, 0);
    while batches == 0 || seconds < at_least.as_secs_f64() {
        seconds += bench.batch_seconds()?;
        batches += 1;
    }
    Ok((batches * plan.lockstep()) as f64 / seconds)
}

impl Plan {
    /// The same plan with the number of hashes at once that one thread makes fastest here. Takes about a hundred
    /// milliseconds for a usual target, and leaves the plan as it is for one so dear that trying would take seconds.
    pub fn tuned(self) -> Result<Self, KernelError> {
        let (trial, tried): (Self, &[usize]) = match self.params() {
            Params::Argon2id { parallelism: 1, .. } => (self.clone(), &ARGON2ID_TRIED),
            // The lanes of one hash are worked on together as it is, and PBKDF2 makes one at a time.
            Params::Argon2id { .. } | Params::Pbkdf2Sha256 { .. } => return Ok(self),
            Params::Bcrypt { .. } => (
                Self::on(
                    self.path(),
                    Params::Bcrypt {
                        cost: BCRYPT_TRIAL_COST,
                    },
                )?,
                &BCRYPT_TRIED,
            ),
        };
        let mut benches = Vec::new();
        for hashes in tried {
            let mut bench = Bench::new(&trial.clone().with_lockstep(*hashes))?;
            if bench.batch_seconds()? > BATCH_SECONDS_MAX {
                return Ok(self);
            }
            benches.push((bench, f64::INFINITY));
        }
        for _ in 0..TURNS {
            for (bench, best) in &mut benches {
                *best = best.min(bench.batch_seconds()? / bench.plan.lockstep() as f64);
            }
        }
        let best = benches.iter().min_by(|(_, a), (_, b)| a.total_cmp(b));
        let lockstep = best.map_or(self.lockstep(), |(bench, _)| bench.plan.lockstep());
        Ok(self.with_lockstep(lockstep))
    }
}

/// One full batch, again and again.
struct Bench {
    plan: Plan,
    arena: Arena,
    out: Vec<u8>,
}

impl Bench {
    fn new(plan: &Plan) -> Result<Self, KernelError> {
        let out = vec![0; plan.lockstep() * plan.output_len()];
        Ok(Self {
            plan: plan.clone(),
            arena: Arena::new(plan)?,
            out,
        })
    }

    fn batch_seconds(&mut self) -> Result<f64, KernelError> {
        let inputs = vec![
            Input {
                text: b"5f4dcc3b5aa765d61d8327deb882cf99",
                salt: &[0; 16]
            };
            self.plan.lockstep()
        ];
        let begun = Instant::now();
        hash_batch(&self.plan, &mut self.arena, &inputs, &mut self.out)?;
        Ok(begun.elapsed().as_secs_f64())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tuned_plan_is_the_same_but_for_its_lockstep() {
        let argon2id = Params::Argon2id {
            memory_kib: 64,
            iterations: 1,
            parallelism: 1,
            output_len: 32,
        };
        for params in [argon2id, Params::Bcrypt { cost: 12 }] {
            let plan = Plan::new(params).unwrap();
            let tuned = plan.clone().tuned().unwrap();
            assert_eq!((tuned.params(), tuned.path()), (plan.params(), plan.path()));
            assert!((1..=super::super::LOCKSTEP_MAX).contains(&tuned.lockstep()));
        }
    }

    #[test]
    fn a_rate_is_measured() {
        let plan = Plan::new(Params::Bcrypt { cost: 4 }).unwrap();
        assert!(hashes_per_second(&plan, Duration::from_millis(1)).unwrap() > 1.0);
    }
}
