//! Batches of hashes, timed.

use std::time::Instant;

use crate::kernel::{Arena, Input, KernelError, KernelVariant, Plan, hash_batch};

/// Batches in one arena.
pub(super) struct Bench {
    plan: Plan,
    arena: Arena,
    out: Vec<u8>,
}

impl Bench {
    /// Takes an arena for the lockstep of the plan.
    pub(super) fn new(plan: &Plan) -> Result<Self, KernelError> {
        Ok(Self {
            plan: plan.clone(),
            arena: Arena::new(plan)?,
            out: vec![0; plan.lockstep() * plan.output_len()],
        })
    }

    /// The variant of the plan.
    pub(super) fn variant(&self) -> KernelVariant {
        self.plan.variant()
    }

    /// How long one batch of that many hashes takes by the variant, in seconds.
    pub(super) fn batch_seconds(
        &mut self,
        hashes: usize,
        variant: KernelVariant,
    ) -> Result<f64, KernelError> {
        let plan = self.plan.clone().with_lockstep(hashes);
        let plan = plan.with_named_variant(variant);
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
