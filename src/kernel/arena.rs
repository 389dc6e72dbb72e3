//! The memory that one thread keeps for a run. Wiped before it is given back.

use argon2::Block;
use zeroize::Zeroize;

use super::{KernelError, Plan};

/// One thread's memory, for as many hashes at once as its plan's lockstep.
pub struct Arena {
    blocks: Vec<Block>,
}

impl Arena {
    /// Takes the memory that `plan` needs.
    pub fn new(plan: &Plan) -> Result<Self, KernelError> {
        let count = plan.lockstep() * plan.hash_blocks();
        let mut blocks = Vec::new();
        blocks
            .try_reserve_exact(count)
            .map_err(|_| KernelError::NoMemory {
                bytes: count.saturating_mul(Block::SIZE),
            })?;
        blocks.resize(count, Block::new());
        Ok(Self { blocks })
    }

    /// The blocks, if there are as many as `plan` needs.
    pub(super) fn blocks(&mut self, plan: &Plan) -> Result<&mut [Block], KernelError> {
        let actual = self.blocks.len() * Block::SIZE;
        self.blocks
            .get_mut(..plan.hash_blocks())
            .ok_or(KernelError::ArenaTooSmall {
                actual,
                expected: plan.arena_bytes(),
            })
    }
}

impl Drop for Arena {
    fn drop(&mut self) {
        self.blocks.zeroize();
    }
}

impl std::fmt::Debug for Arena {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Arena({} KiB)", self.blocks.len())
    }
}
