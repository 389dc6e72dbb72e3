//! How fast one thread hashes with a plan, and how many hashes at once it does best.

use std::time::{Duration, Instant};

use crate::kernel::{Arena, Implementation, Input, KernelError, Params, Plan, hash_batch};

/// The numbers of hashes at once that are tried, the fewest first.
const ARGON2ID_TRIED: [usize; 3] = [1, 2, 3];
const BCRYPT_TRIED: [usize; 4] = [3, 4, 6, 8];

/// How often each is tried at the most. The best time counts: what disturbs a turn only makes it longer.
const TURNS_MAX: u32 = 5;

/// No turn begins after so long, and nothing is tried where one turn would take longer.
const TRIAL_SECONDS_MAX: f64 = 0.25;

/// More hashes at once take more memory: they must be faster by more than what two measurements of the same thing differ by.
const WORTH_IT: f64 = 0.98;

/// The cost that bcrypt is tried at: the work of a round does not depend on it.
const BCRYPT_TRIAL_COST: u32 = 6;

/// Hashes a second of one thread, measured for at least `at_least` after a batch to warm up.
pub fn hashes_per_second(plan: &Plan, at_least: Duration) -> Result<f64, KernelError> {
    let mut bench = Bench::new(plan)?;
    let at_once = plan.lockstep();
    bench.batch_seconds(at_once)?;
    let (mut seconds, mut batches) = (0.0, 0);
    while batches == 0 || seconds < at_least.as_secs_f64() {
        seconds += bench.batch_seconds(at_once)?;
        batches += 1;
    }
    Ok((batches * at_once) as f64 / seconds)
}

impl Plan {
    /// The same plan with the number of hashes at once that this thread makes fastest here, at most `lockstep_max`.
    ///
    /// Takes a quarter of a second, half a second at the most, and the memory of so many hashes. Where there is nothing to choose the
    /// plan comes back as it is: the crates, PBKDF2 and Argon2id of several lanes have one way, and a hash that is so dear that a trial
    /// would take longer is made as usual.
    pub fn tuned(self, lockstep_max: usize) -> Result<Self, KernelError> {
        if self.implementation() == Implementation::Crates {
            return Ok(self);
        }
        let (trial, tried): (Self, &[usize]) = match self.params() {
            Params::Argon2id { parallelism: 1, .. } => (self.clone(), &ARGON2ID_TRIED),
            // The lanes of one hash are worked on together as it is, and PBKDF2 makes one at a time.
            Params::Argon2id { .. } | Params::Pbkdf2Sha256 { .. } => return Ok(self),
            Params::Bcrypt { cost } => {
                let cost = cost.min(BCRYPT_TRIAL_COST);
                (
                    Self::on(self.implementation(), Params::Bcrypt { cost })?,
                    &BCRYPT_TRIED,
                )
            }
        };
        let tried: Vec<usize> = tried
            .iter()
            .copied()
            .filter(|n| *n <= lockstep_max)
            .collect();
        let [fewest, .., most] = tried[..] else {
            return Ok(self);
        };
        let mut bench = Bench::new(&trial.with_lockstep(most))?;
        let begun = Instant::now();
        let a_turn =
            bench.batch_seconds(fewest)? / fewest as f64 * tried.iter().sum::<usize>() as f64;
        if a_turn > TRIAL_SECONDS_MAX {
            return Ok(self);
        }
        let mut best = vec![f64::INFINITY; tried.len()];
        for turn in 0..TURNS_MAX {
            if turn > 0 && begun.elapsed().as_secs_f64() > TRIAL_SECONDS_MAX {
                break;
            }
            for (best, hashes) in best.iter_mut().zip(&tried) {
                *best = best.min(bench.batch_seconds(*hashes)? / *hashes as f64);
            }
        }
        Ok(self.with_lockstep(fewest_near_the_best(&tried, &best)))
    }
}

/// The first of those whose time is as good as the best.
fn fewest_near_the_best(tried: &[usize], seconds: &[f64]) -> usize {
    let best = seconds.iter().copied().fold(f64::INFINITY, f64::min);
    let near = tried
        .iter()
        .zip(seconds)
        .find(|(_, seconds)| best >= WORTH_IT * **seconds);
    near.map_or(1, |(hashes, _)| *hashes)
}

/// Batches in one arena.
struct Bench {
    plan: Plan,
    arena: Arena,
    out: Vec<u8>,
}

impl Bench {
    /// For at most as many hashes at once as the plan says.
    fn new(plan: &Plan) -> Result<Self, KernelError> {
        Ok(Self {
            plan: plan.clone(),
            arena: Arena::new(plan)?,
            out: vec![0; plan.lockstep() * plan.output_len()],
        })
    }

    /// How long one batch of so many takes.
    fn batch_seconds(&mut self, hashes: usize) -> Result<f64, KernelError> {
        let plan = self.plan.clone().with_lockstep(hashes);
        let input = Input {
            text: b"5f4dcc3b5aa765d61d8327deb882cf99",
            salt: &[0; 16],
        };
        let inputs = vec![input; plan.lockstep()];
        let out = &mut self.out[..inputs.len() * plan.output_len()];
        let begun = Instant::now();
        hash_batch(&plan, &mut self.arena, &inputs, out)?;
        Ok(begun.elapsed().as_secs_f64())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::LOCKSTEP_MAX;

    const ARGON2ID: Params = Params::Argon2id {
        memory_kib: 64,
        iterations: 1,
        parallelism: 1,
        output_len: 32,
    };

    #[test]
    fn a_tuned_plan_is_the_same_but_for_its_lockstep() {
        for params in [ARGON2ID, Params::Bcrypt { cost: 12 }] {
            let plan = Plan::new(params).unwrap();
            let tuned = plan.clone().tuned(LOCKSTEP_MAX).unwrap();
            assert_eq!(
                (tuned.params(), tuned.implementation()),
                (plan.params(), plan.implementation())
            );
            assert!((1..=LOCKSTEP_MAX).contains(&tuned.lockstep()));
        }
    }

    #[test]
    fn a_tuned_plan_keeps_to_the_lockstep_that_fits() {
        for max in 1..=LOCKSTEP_MAX {
            let tuned = Plan::new(ARGON2ID)
                .unwrap()
                .with_lockstep(1)
                .tuned(max)
                .unwrap();
            assert!(tuned.lockstep() <= max);
        }
    }

    #[test]
    fn what_can_be_made_in_one_way_alone_is_left_as_it_is() {
        let lanes = Params::Argon2id {
            memory_kib: 64,
            iterations: 1,
            parallelism: 2,
            output_len: 32,
        };
        for plan in [
            Plan::on(Implementation::Crates, ARGON2ID),
            Plan::on(Implementation::Crates, Params::Bcrypt { cost: 4 }),
            Plan::on(Implementation::Portable, lanes),
            Plan::on(
                Implementation::Portable,
                Params::Pbkdf2Sha256 { iterations: 1 },
            ),
        ] {
            assert_eq!(plan.unwrap().tuned(LOCKSTEP_MAX).unwrap().lockstep(), 1);
        }
    }

    #[test]
    fn more_at_once_are_taken_only_where_they_are_clearly_faster() {
        let check = |seconds: [f64; 3], taken| {
            assert_eq!(
                fewest_near_the_best(&[1, 2, 3], &seconds),
                taken,
                "{seconds:?}"
            );
        };
        check([1.0, 1.0, 1.0], 1);
        check([1.0, 0.99, 1.2], 1);
        check([1.0, 0.9, 0.89], 2);
        check([1.0, 0.9, 0.8], 3);
    }

    #[test]
    fn a_rate_is_measured() {
        let plan = Plan::new(Params::Bcrypt { cost: 4 }).unwrap();
        assert!(hashes_per_second(&plan, Duration::from_millis(1)).unwrap() > 1.0);
    }
}
