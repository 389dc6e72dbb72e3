//! How fast one thread hashes with a plan, and with how many hashes at once it is fastest.

use std::time::{Duration, Instant};

use crate::kernel::{Arena, Implementation, Input, KernelError, Params, Plan, hash_batch};

/// The locksteps that are tried, the smallest first.
const ARGON2ID_TRIED: [usize; 3] = [1, 2, 3];
const BCRYPT_TRIED: [usize; 4] = [3, 4, 6, 8];

/// How often each is tried at the most. The best time counts, because a disturbance only makes a
/// turn longer.
const TURNS_MAX: u32 = 5;

/// No turn begins after so many seconds. Where one turn would take longer, nothing is tried.
const TRIAL_SECONDS_MAX: f64 = 0.25;

/// A larger lockstep takes more memory. It must be faster by more than two measurements of one
/// lockstep differ.
const WORTH_IT: f64 = 0.98;

/// The cost with which bcrypt is tried. The work of a round does not depend on it.
const BCRYPT_TRIAL_COST: u32 = 6;

/// Hashes a second of one thread, measured for at least `at_least` after one batch to warm up.
///
/// # Errors
/// As [`Arena::new`].
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
    /// The same plan with the lockstep that is fastest on this thread, at most `lockstep_max`.
    ///
    /// It takes a quarter of a second, at the most half a second, and the memory of the largest
    /// lockstep. The plan is returned as it is where there is nothing to choose. The crates, PBKDF2
    /// and Argon2id of several lanes have one way. A hash that is too slow for a trial keeps its
    /// lockstep.
    ///
    /// # Errors
    /// As [`Arena::new`].
    pub fn tune(self, lockstep_max: usize) -> Result<Self, KernelError> {
        if self.implementation() == Implementation::Crates {
            return Ok(self);
        }
        let (trial, tried): (Self, &[usize]) = match self.params() {
            Params::Argon2id { parallelism: 1, .. } => (self.clone(), &ARGON2ID_TRIED),
            // The lanes of one hash are advanced together anyway, and PBKDF2 makes one hash at a
            // time.
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

/// The smallest lockstep whose time is near the best.
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
    /// Takes an arena for the lockstep of the plan.
    fn new(plan: &Plan) -> Result<Self, KernelError> {
        Ok(Self {
            plan: plan.clone(),
            arena: Arena::new(plan)?,
            out: vec![0; plan.lockstep() * plan.output_len()],
        })
    }

    /// How long one batch of that many hashes takes, in seconds.
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
            let tuned = plan.clone().tune(LOCKSTEP_MAX).unwrap();
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
                .tune(max)
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
            assert_eq!(plan.unwrap().tune(LOCKSTEP_MAX).unwrap().lockstep(), 1);
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
