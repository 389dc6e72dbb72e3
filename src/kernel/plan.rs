//! The parameters of a run, checked, with what follows from them alone.

use super::{Input, KernelError};

/// What bcrypt hashes whole: 72 bytes, the last one its terminating NUL.
pub const BCRYPT_INPUT_MAX: usize = 71;

/// The bytes of a bcrypt digest that its string holds; the twenty-fourth is dropped by every implementation.
pub const BCRYPT_OUTPUT_LEN: usize = 23;

/// The cost range of the `$2b$` string.
const BCRYPT_COST: std::ops::RangeInclusive<u32> = 4..=31;

/// RFC 9106, section 3.1: at most 2^24 - 1 lanes.
const PARALLELISM_MAX: u32 = (1 << 24) - 1;

/// RFC 9106, section 3.1: a tag has 4 to 2^32 - 1 bytes.
const OUTPUT_LEN_MIN: usize = 4;
const OUTPUT_LEN_MAX: usize = u32::MAX as usize;

/// A slow hash and its cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Params {
    /// Argon2id, version 1.3 (RFC 9106).
    Argon2id {
        /// m, in KiB.
        memory_kib: u32,
        /// t, the passes over the memory.
        iterations: u32,
        /// p, the lanes. They are computed one after the other.
        parallelism: u32,
        /// The bytes of a digest.
        output_len: usize,
    },
    /// bcrypt of `$2a$`, `$2b$` and `$2y$`, which are one function for the inputs accepted here.
    Bcrypt {
        /// The logarithm of the rounds.
        cost: u32,
    },
}

/// Checked parameters and how they are computed. Made once a run, shared by its threads.
#[derive(Debug, Clone)]
pub struct Plan {
    params: Params,
    lockstep: usize,
}

impl Plan {
    /// Checks the parameters.
    pub fn new(params: Params) -> Result<Self, KernelError> {
        match params {
            Params::Argon2id {
                memory_kib,
                iterations,
                parallelism,
                output_len,
            } => {
                if !(1..=PARALLELISM_MAX).contains(&parallelism) {
                    return Err(KernelError::Parallelism {
                        parallelism,
                        max: PARALLELISM_MAX,
                    });
                }
                if memory_kib < 8 * parallelism {
                    return Err(KernelError::MemoryTooLittle {
                        memory_kib,
                        min: 8 * parallelism,
                    });
                }
                if iterations == 0 {
                    return Err(KernelError::NoIterations);
                }
                if !(OUTPUT_LEN_MIN..=OUTPUT_LEN_MAX).contains(&output_len) {
                    return Err(KernelError::OutputLen {
                        len: output_len,
                        min: OUTPUT_LEN_MIN,
                        max: OUTPUT_LEN_MAX,
                    });
                }
            }
            Params::Bcrypt { cost } => {
                if !BCRYPT_COST.contains(&cost) {
                    return Err(KernelError::Cost {
                        cost,
                        min: *BCRYPT_COST.start(),
                        max: *BCRYPT_COST.end(),
                    });
                }
            }
        }
        Ok(Self {
            params,
            lockstep: 1,
        })
    }

    /// The parameters as given.
    pub fn params(&self) -> Params {
        self.params
    }

    /// How many hashes one thread makes at once.
    pub fn lockstep(&self) -> usize {
        self.lockstep
    }

    /// The same plan with at most `hashes` at once, where memory is short.
    #[must_use]
    pub fn with_lockstep(mut self, hashes: usize) -> Self {
        self.lockstep = hashes.clamp(1, self.lockstep);
        self
    }

    /// The memory of one thread's arena.
    pub fn arena_bytes(&self) -> usize {
        self.lockstep * self.hash_blocks() * 1024
    }

    /// The bytes of one digest: as asked for, or [`BCRYPT_OUTPUT_LEN`].
    pub fn output_len(&self) -> usize {
        match self.params {
            Params::Argon2id { output_len, .. } => output_len,
            Params::Bcrypt { .. } => BCRYPT_OUTPUT_LEN,
        }
    }

    /// The 1 KiB blocks that one hash fills (m' of RFC 9106); bcrypt needs none.
    pub(super) fn hash_blocks(&self) -> usize {
        match self.params {
            Params::Argon2id {
                memory_kib,
                parallelism,
                ..
            } => (memory_kib - memory_kib % (4 * parallelism)) as usize,
            Params::Bcrypt { .. } => 0,
        }
    }

    /// Whether `input` is one that this plan's function hashes whole.
    pub(super) fn check(&self, input: &Input<'_>) -> Result<(), KernelError> {
        let len = input.text.len();
        match self.params {
            Params::Argon2id { .. } if u32::try_from(len).is_err() => {
                Err(KernelError::InputTooLong {
                    len,
                    max: u32::MAX as usize,
                })
            }
            Params::Bcrypt { .. } if len > BCRYPT_INPUT_MAX => Err(KernelError::InputTooLong {
                len,
                max: BCRYPT_INPUT_MAX,
            }),
            Params::Bcrypt { .. } if input.text.contains(&0) => Err(KernelError::InputHoldsNul),
            _ => Ok(()),
        }
    }
}
