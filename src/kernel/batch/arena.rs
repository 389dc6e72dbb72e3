//! The memory that one thread keeps for a run. It is wiped before it is given back.

use zeroize::Zeroize;

use super::pages::Pages;
use super::plan::Plan;
use crate::kernel::bcrypt::KeySchedule;
use crate::kernel::{Implementation, KernelError, Params};

/// The memory of one thread, for as many hashes at once as the lockstep of its plan.
pub struct Arena {
    pub(super) memory: Memory,
}

/// What an implementation works in.
pub(super) enum Memory {
    /// The `argon2` crate.
    Crate(Vec<argon2::Block>),
    /// Our Argon2id.
    Blocks(Pages),
    /// Our bcrypt.
    States(Vec<KeySchedule>),
    /// The `bcrypt` crate, which takes its own, and PBKDF2, which needs none.
    Nothing,
}

impl Arena {
    /// Takes the memory that `plan` needs.
    ///
    /// # Errors
    /// Where the system has not so much memory.
    pub fn new(plan: &Plan) -> Result<Self, KernelError> {
        let lockstep = plan.lockstep();
        let memory = match (plan.params(), plan.implementation()) {
            (Params::Argon2id { .. }, Implementation::Crates) => Memory::Crate(crate_blocks(plan)?),
            (Params::Argon2id { .. }, _) => {
                Memory::Blocks(Pages::new(lockstep.saturating_mul(plan.hash_blocks()))?)
            }
            (Params::Bcrypt { .. }, Implementation::Crates) | (Params::Pbkdf2Sha256 { .. }, _) => {
                Memory::Nothing
            }
            (Params::Bcrypt { .. }, _) => Memory::States(vec![KeySchedule::initial(); lockstep]),
        };
        Ok(Self { memory })
    }
}

impl Arena {
    /// Whether it has what `plan` needs.
    pub(in crate::kernel) fn fits(&self, plan: &Plan) -> bool {
        let by_the_crates = plan.implementation() == Implementation::Crates;
        match (plan.params(), &self.memory) {
            (Params::Argon2id { .. }, Memory::Crate(blocks)) => {
                by_the_crates && blocks.len() >= plan.hash_blocks()
            }
            (Params::Argon2id { .. }, Memory::Blocks(pages)) => {
                !by_the_crates && pages.count() >= plan.lockstep() * plan.hash_blocks()
            }
            (Params::Bcrypt { .. }, Memory::States(states)) => {
                !by_the_crates && states.len() >= plan.lockstep()
            }
            (Params::Bcrypt { .. }, Memory::Nothing) => by_the_crates,
            (Params::Pbkdf2Sha256 { .. }, Memory::Nothing) => true,
            _ => false,
        }
    }

    /// Wipes what hashes left in it.
    pub(in crate::kernel) fn wipe(&mut self) {
        match &mut self.memory {
            Memory::Crate(blocks) => blocks.iter_mut().zeroize(),
            Memory::Blocks(pages) => pages.wipe(),
            Memory::States(states) => states.iter_mut().zeroize(),
            Memory::Nothing => {}
        }
    }

    #[cfg(test)]
    pub(in crate::kernel) fn is_wiped(&self) -> bool {
        match &self.memory {
            Memory::Crate(blocks) => blocks.iter().all(|block| block.as_ref() == [0; 128]),
            Memory::Blocks(pages) => pages.is_wiped(),
            Memory::States(states) => states.iter().all(KeySchedule::is_wiped),
            Memory::Nothing => true,
        }
    }
}

fn crate_blocks(plan: &Plan) -> Result<Vec<argon2::Block>, KernelError> {
    let count = plan.hash_blocks();
    let mut blocks = Vec::new();
    blocks
        .try_reserve_exact(count)
        .map_err(|_| KernelError::NoMemory {
            bytes: plan.arena_bytes(),
        })?;
    blocks.resize(count, argon2::Block::new());
    Ok(blocks)
}

impl Drop for Arena {
    fn drop(&mut self) {
        // `Pages` wipes itself.
        if !matches!(self.memory, Memory::Blocks(_)) {
            self.wipe();
        }
    }
}

impl std::fmt::Debug for Arena {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Arena(..)")
    }
}
