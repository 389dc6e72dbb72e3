//! How many hashes at once a thread makes best, and by which variant.

use std::time::Instant;

use super::bench::Bench;
use super::selftest;
use crate::kernel::{
    BlockLayout, Distance, Implementation, InputXor, KernelError, KernelVariant, NextWrite, Params,
    Plan, VariantSource,
};

/// The locksteps that are tried, the smallest first.
const ARGON2ID_TRIED: [usize; 3] = [1, 2, 3];
const BCRYPT_TRIED: [usize; 4] = [3, 4, 6, 8];

/// How often each is tried at the most. The best time counts, because a disturbance only makes a
/// turn longer.
const TURNS_MAX: u32 = 5;

/// No turn begins after so many seconds: of the trial of locksteps, and of that of variants. Where
/// one turn would take longer, nothing is tried.
const TRIAL_SECONDS_MAX: f64 = 0.25;

/// A larger lockstep takes more memory. It must be faster by more than two measurements of one
/// lockstep differ.
const WORTH_IT: f64 = 0.98;

/// Another variant costs nothing. Two measurements of one differ by as much.
const FASTER: f64 = 0.995;

/// The cost with which bcrypt is tried. The work of a round does not depend on it.
const BCRYPT_TRIAL_COST: u32 = 6;

impl Plan {
    /// The same plan with the lockstep and the variant that are fastest on this thread, of at most
    /// `lockstep_max` hashes.
    ///
    /// It takes a quarter to half a second, and the memory of the largest lockstep. The plan is
    /// returned as it is where there is nothing to choose: the crates and PBKDF2 have one way. A
    /// hash that is too slow for a trial keeps its lockstep and its variant, and a variant that was
    /// named stays.
    ///
    /// # Errors
    /// As [`Arena::new`](crate::kernel::Arena::new).
    pub fn tune(self, lockstep_max: usize) -> Result<Self, KernelError> {
        if self.implementation() == Implementation::Crates {
            return Ok(self);
        }
        match self.params() {
            Params::Pbkdf2Sha256 { .. } => Ok(self),
            Params::Bcrypt { cost } => {
                let cost = cost.min(BCRYPT_TRIAL_COST);
                let trial = Self::on(self.implementation(), Params::Bcrypt { cost })?;
                let tried = up_to(lockstep_max, &BCRYPT_TRIED);
                let Some(most) = tried.last() else {
                    return Ok(self);
                };
                let mut bench = Bench::new(&trial.with_lockstep(*most))?;
                let found = best_lockstep(&mut bench, &tried)?;
                Ok(found.map_or(self.clone(), |hashes| self.with_lockstep(hashes)))
            }
            // The lanes of one hash are advanced together anyway.
            Params::Argon2id { parallelism, .. } => {
                let tried = match parallelism {
                    1 => up_to(lockstep_max, &ARGON2ID_TRIED),
                    _ => Vec::new(),
                };
                let most = tried.last().copied().unwrap_or(self.lockstep());
                let mut bench = Bench::new(&self.clone().with_lockstep(most))?;
                let found = best_lockstep(&mut bench, &tried)?;
                let plan = found.map_or(self.clone(), |hashes| self.with_lockstep(hashes));
                plan.with_best_variant(&mut bench)
            }
        }
    }

    /// The same plan with the variant that is fastest at its lockstep. What differs is tried one
    /// after the other, each beside the best so far.
    fn with_best_variant(self, bench: &mut Bench) -> Result<Self, KernelError> {
        if self.variant_from() == VariantSource::Name {
            return Ok(self);
        }
        let lockstep = self.lockstep();
        let begun = Instant::now();
        let once = bench.batch_seconds(lockstep, self.variant())?;
        let all: usize = KNOBS.iter().map(|knob| knob(self.variant()).len()).sum();
        if once * all as f64 > TRIAL_SECONDS_MAX {
            return Ok(self);
        }
        let mut best = self.variant();
        for knob in KNOBS {
            let tried = knob(best);
            let mut seconds = vec![f64::INFINITY; tried.len()];
            for turn in 0..TURNS_MAX {
                // Two turns at the least, as far as there is time: the first may be disturbed.
                let share = TRIAL_SECONDS_MAX * tried.len() as f64 / all as f64;
                let spent = begun.elapsed().as_secs_f64();
                let over = f64::from(turn) * once * tried.len() as f64 > share;
                if spent > TRIAL_SECONDS_MAX || over {
                    break;
                }
                for (best, variant) in seconds.iter_mut().zip(&tried) {
                    *best = best.min(bench.batch_seconds(lockstep, *variant)?);
                }
            }
            best = faster(best, &tried, &seconds);
        }
        // A digest that is wrong would be found by the checks of the run. It is not risked.
        if !selftest::passes(self.implementation(), best) {
            return Ok(self);
        }
        Ok(self.with_variant(best, VariantSource::Measurement))
    }
}

/// The variants that differ from one in a single part, and itself.
type Knob = fn(KernelVariant) -> Vec<KernelVariant>;

/// What matters most is tried first.
const KNOBS: [Knob; 4] = [
    |of| {
        InputXor::ALL
            .map(|inputs| KernelVariant { inputs, ..of })
            .to_vec()
    },
    |of| {
        let all = NextWrite::ALL.map(|next_write| KernelVariant { next_write, ..of });
        all.to_vec()
    },
    |of| {
        let all = Distance::ALL.map(|distance| KernelVariant { distance, ..of });
        all.to_vec()
    },
    |of| {
        BlockLayout::ALL
            .map(|layout| KernelVariant { layout, ..of })
            .to_vec()
    },
];

/// The fastest of those tried; the one so far where none is clearly faster.
fn faster(so_far: KernelVariant, tried: &[KernelVariant], seconds: &[f64]) -> KernelVariant {
    let of = |variant: &KernelVariant| {
        let at = tried.iter().position(|tried| tried == variant);
        at.map_or(f64::INFINITY, |at| seconds[at])
    };
    let least = |one: &&KernelVariant, other: &&KernelVariant| of(one).total_cmp(&of(other));
    let fastest = tried.iter().min_by(least).copied().unwrap_or(so_far);
    if of(&fastest) < FASTER * of(&so_far) {
        fastest
    } else {
        so_far
    }
}

/// Those that are not too many; none where one alone is left.
fn up_to(lockstep_max: usize, tried: &[usize]) -> Vec<usize> {
    let fit = tried.iter().copied().filter(|n| *n <= lockstep_max);
    let fit: Vec<usize> = fit.collect();
    if fit.len() < 2 { Vec::new() } else { fit }
}

/// The lockstep that is worth its memory; none where there is nothing to choose, or no time to.
fn best_lockstep(bench: &mut Bench, tried: &[usize]) -> Result<Option<usize>, KernelError> {
    let Some(fewest) = tried.first().copied() else {
        return Ok(None);
    };
    let variant = bench.variant();
    let begun = Instant::now();
    let a_turn =
        bench.batch_seconds(fewest, variant)? / fewest as f64 * tried.iter().sum::<usize>() as f64;
    if a_turn > TRIAL_SECONDS_MAX {
        return Ok(None);
    }
    let mut best = vec![f64::INFINITY; tried.len()];
    for turn in 0..TURNS_MAX {
        if turn > 0 && begun.elapsed().as_secs_f64() > TRIAL_SECONDS_MAX {
            break;
        }
        for (best, hashes) in best.iter_mut().zip(tried) {
            *best = best.min(bench.batch_seconds(*hashes, variant)? / *hashes as f64);
        }
    }
    Ok(Some(fewest_near_the_best(tried, &best)))
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
    fn a_tuned_plan_is_the_same_but_for_its_lockstep_and_its_variant() {
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
    fn a_variant_that_was_named_stays() {
        for variant in KernelVariant::all() {
            let plan = Plan::new(ARGON2ID).unwrap().with_named_variant(variant);
            assert_eq!(plan.tune(1).unwrap().variant(), variant);
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
    fn another_variant_is_taken_only_where_it_is_clearly_faster() {
        let tried: Vec<KernelVariant> = KernelVariant::all().take(3).collect();
        let check = |seconds: [f64; 3], taken: usize| {
            assert_eq!(faster(tried[1], &tried, &seconds), tried[taken]);
        };
        check([1.0, 1.0, 1.0], 1);
        check([0.999, 1.0, 1.1], 1);
        check([0.98, 1.0, 0.9], 2);
        check([0.9, 1.0, f64::INFINITY], 0);
    }

    #[test]
    fn every_part_of_a_variant_is_tried() {
        let start = KernelVariant::DEFAULT;
        for knob in KNOBS {
            let tried = knob(start);
            assert!(tried.contains(&start) && tried.len() > 1);
        }
        let tried: usize = KNOBS.iter().map(|knob| knob(start).len() - 1).sum();
        assert_eq!(tried, 6);
    }
}
