//! A batch of inputs to its digests, by the implementation that the plan names.

use super::arena::{Arena, Memory};
use super::crates;
use super::plan::Plan;
use crate::kernel::argon2id::{Argon2id, Block, Portable};
#[cfg(target_arch = "x86_64")]
use crate::kernel::argon2id::{Avx2, Avx512};
use crate::kernel::{Implementation, Input, KernelError, Params, bcrypt};

/// Hashes every input, and writes the digests to `out` one after the other, each of
/// [`Plan::output_len`] bytes.
///
/// It is fastest with a multiple of [`Plan::lockstep`] inputs. `arena` must have been made for
/// `plan`.
///
/// # Errors
/// Where an input, the arena or the length of `out` does not fit the plan. Then nothing is written.
pub fn hash_batch(
    plan: &Plan,
    arena: &mut Arena,
    inputs: &[Input<'_>],
    out: &mut [u8],
) -> Result<(), KernelError> {
    let expected = inputs.len() * plan.output_len();
    if out.len() != expected {
        return Err(KernelError::OutputRoom {
            actual: out.len(),
            expected,
        });
    }
    for input in inputs {
        plan.check(input)?;
    }
    if !arena.fits(plan) {
        return Err(KernelError::ArenaOfAnotherPlan);
    }
    match (plan.params(), &mut arena.memory) {
        (Params::Argon2id { .. }, Memory::Crate(blocks)) => {
            crates::argon2id(plan, blocks, inputs, out);
        }
        (Params::Argon2id { .. }, Memory::Blocks(pages)) => {
            our_argon2id(plan, pages.blocks_mut(), inputs, out);
        }
        (Params::Bcrypt { cost }, Memory::Nothing) => crates::bcrypt(cost, inputs, out),
        (Params::Bcrypt { cost }, Memory::States(states)) => {
            let inputs = inputs.chunks(plan.lockstep());
            for (inputs, out) in inputs.zip(out.chunks_mut(plan.lockstep() * plan.output_len())) {
                bcrypt::hash_lockstep(cost, states, inputs, out);
            }
        }
        (Params::Pbkdf2Sha256 { iterations }, _) => {
            crates::pbkdf2_sha256(iterations, inputs, out);
        }
        (Params::Argon2id { .. }, Memory::States(_) | Memory::Nothing)
        | (Params::Bcrypt { .. }, Memory::Crate(_) | Memory::Blocks(_)) => {
            unreachable!("an arena fits what it was made for")
        }
    }
    Ok(())
}

/// Our own Argon2id, as many inputs at once as the plan says.
fn our_argon2id(plan: &Plan, memory: &mut [Block], inputs: &[Input<'_>], out: &mut [u8]) {
    let Params::Argon2id {
        memory_kib,
        output_len,
        ..
    } = plan.params()
    else {
        unreachable!("called for a plan of Argon2id");
    };
    let argon2id = Argon2id {
        memory_kib,
        output_len,
        secret: plan.secret(),
        associated_data: plan.associated_data(),
        references: plan.references(),
        together: plan.streams_together(),
        variant: plan.variant(),
    };
    let inputs = inputs.chunks(plan.lockstep());
    for (inputs, out) in inputs.zip(out.chunks_mut(plan.lockstep() * output_len)) {
        match plan.implementation() {
            #[cfg(target_arch = "x86_64")]
            Implementation::Avx512 => {
                let avx512 = Avx512::detect().expect(CHECKED);
                argon2id.hash_lockstep(avx512, memory, inputs, out);
            }
            #[cfg(target_arch = "x86_64")]
            Implementation::Avx2 => {
                let avx2 = Avx2::detect().expect(CHECKED);
                argon2id.hash_lockstep(avx2, memory, inputs, out);
            }
            _ => argon2id.hash_lockstep(Portable, memory, inputs, out),
        }
    }
}

/// Why the instructions of an implementation are there.
#[cfg(target_arch = "x86_64")]
const CHECKED: &str = "a plan is made only for an implementation that is available";
