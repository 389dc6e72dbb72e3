//! How many threads hash, and how much memory they may use.

use crate::engine::error::TooLittleMemory;
use crate::kernel::{LOCKSTEP_MAX, Plan};
use crate::machine::{Machine, RESERVE_BYTES};

/// What a run uses.
#[derive(Clone, Debug)]
pub struct Budget {
    /// Hashing threads.
    pub threads: usize,
    /// The plan, its lockstep narrowed if the memory asks for it.
    pub plan: Plan,
    /// The most hashes at once on each thread for which there is memory.
    pub lockstep_max: usize,
    /// Memory for hashing: threads × lockstep × the KDF's memory.
    pub hashing_bytes: u64,
}

impl Budget {
    fn new(threads: usize, plan: Plan, lockstep_max: usize) -> Self {
        Self {
            threads,
            hashing_bytes: threads as u64 * plan.arena_bytes() as u64,
            plan,
            lockstep_max,
        }
    }

    /// The same with so many hashes at once, if there is memory for them.
    #[must_use]
    pub fn with_lockstep(&self, hashes: usize) -> Self {
        let plan = self
            .plan
            .clone()
            .with_lockstep(hashes.min(self.lockstep_max));
        Self::new(self.threads, plan, self.lockstep_max)
    }
}

/// Fits threads and lockstep into the memory: the lockstep is narrowed before threads are cut.
///
/// # Errors
/// Where not even one hash fits.
pub fn budget(
    machine: &Machine,
    plan: &Plan,
    threads_asked: Option<usize>,
) -> Result<Budget, TooLittleMemory> {
    let threads = threads_asked.unwrap_or(machine.cpus).max(1);
    let bytes = |lockstep: usize| plan.clone().with_lockstep(lockstep).arena_bytes() as u64;
    let offered = machine
        .memory_bytes
        .map_or(u64::MAX, |m| m.saturating_sub(RESERVE_BYTES));
    let fits = |threads: usize, lockstep: usize| {
        (threads as u64).saturating_mul(bytes(lockstep)) <= offered
    };
    let lockstep_max = (1..=LOCKSTEP_MAX)
        .rev()
        .find(|lockstep| fits(threads, *lockstep))
        .unwrap_or(1);
    let lockstep = lockstep_max.min(plan.lockstep());
    let threads = (1..=threads)
        .rev()
        .find(|threads| fits(*threads, lockstep))
        .ok_or(TooLittleMemory {
            needed_mib: bytes(1) >> 20,
            offered_mib: offered >> 20,
        })?;
    let plan = plan.clone().with_lockstep(lockstep);
    Ok(Budget::new(threads, plan, lockstep_max))
}

/// How many threads a run with this budget may ever have: one for each processor, as far as there
/// is memory for their hashes. Never fewer than it has.
pub(crate) fn threads_max(machine: &Machine, budget: &Budget) -> usize {
    let offered = machine
        .memory_bytes
        .map_or(u64::MAX, |m| m.saturating_sub(RESERVE_BYTES));
    let one = (budget.plan.arena_bytes() as u64).max(1);
    let fit = usize::try_from(offered / one).unwrap_or(usize::MAX);
    machine.cpus.min(fit).max(budget.threads)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::Params;

    fn plan(memory_kib: u32) -> Plan {
        Plan::new(Params::Argon2id {
            memory_kib,
            iterations: 1,
            parallelism: 1,
            output_len: 32,
        })
        .expect("good parameters")
    }

    fn machine(cpus: usize, memory_mib: u64) -> Machine {
        Machine {
            cpus,
            memory_bytes: Some(memory_mib << 20),
        }
    }

    #[test]
    fn with_memory_to_spare_every_processor_hashes() {
        let budget = budget(&machine(4, 8192), &plan(19_456), None).expect("fits");
        assert_eq!(budget.threads, 4);
    }

    #[test]
    fn threads_are_cut_to_what_the_memory_holds() {
        let one = plan(1 << 20);
        let budget = budget(&machine(8, 512 + 3 * 1024 + 100), &one, None).expect("fits");
        assert_eq!((budget.threads, budget.plan.lockstep()), (3, 1));
        assert!(budget.hashing_bytes <= (3 * 1024 + 100) << 20);
    }

    #[test]
    fn too_little_memory_for_one_hash_is_an_error_that_says_how_much() {
        let error = budget(&machine(2, 600), &plan(1 << 20), None).expect_err("does not fit");
        assert_eq!(error.offered_mib, 88);
        assert!(error.needed_mib >= 1024);
    }

    #[test]
    fn threads_asked_for_are_taken_as_asked() {
        assert_eq!(
            budget(&machine(2, 8192), &plan(64), Some(7))
                .expect("fits")
                .threads,
            7
        );
    }
}
