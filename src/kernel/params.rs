//! The slow hashes, and the range of their parameters.

use super::KernelError;

/// The longest input that bcrypt hashes whole, in bytes: 72 with the terminating NUL.
pub const BCRYPT_INPUT_MAX: usize = 71;

/// The bytes of a bcrypt digest that its string holds. Every implementation drops the 24th.
pub const BCRYPT_OUTPUT_LEN: usize = 23;

/// The bytes of a digest of PBKDF2-HMAC-SHA-256. It is one block: with more blocks a login would
/// work more than a guesser.
pub const PBKDF2_OUTPUT_LEN: usize = 32;

/// The range of the cost in a `$2b$` string.
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
    /// bcrypt of `$2a$`, `$2b$` and `$2y$`. They are one function for the inputs accepted here.
    Bcrypt {
        /// The logarithm of the rounds.
        cost: u32,
    },
    /// PBKDF2 over HMAC-SHA-256 (RFC 8018), always computed by the `pbkdf2` crate.
    Pbkdf2Sha256 {
        /// c, the rounds.
        iterations: u32,
    },
}

impl Params {
    pub(super) fn check(self) -> Result<(), KernelError> {
        match self {
            Self::Argon2id { parallelism, .. } if !(1..=PARALLELISM_MAX).contains(&parallelism) => {
                Err(KernelError::Parallelism {
                    parallelism,
                    max: PARALLELISM_MAX,
                })
            }
            Self::Argon2id {
                memory_kib,
                parallelism,
                ..
            } if memory_kib < 8 * parallelism => Err(KernelError::MemoryTooLittle {
                memory_kib,
                min: 8 * parallelism,
            }),
            Self::Argon2id { iterations: 0, .. } | Self::Pbkdf2Sha256 { iterations: 0 } => {
                Err(KernelError::NoIterations)
            }
            Self::Argon2id {
                output_len: len, ..
            } if !(OUTPUT_LEN_MIN..=OUTPUT_LEN_MAX).contains(&len) => Err(KernelError::OutputLen {
                len,
                min: OUTPUT_LEN_MIN,
                max: OUTPUT_LEN_MAX,
            }),
            Self::Bcrypt { cost } if !BCRYPT_COST.contains(&cost) => Err(KernelError::Cost {
                cost,
                min: *BCRYPT_COST.start(),
                max: *BCRYPT_COST.end(),
            }),
            _ => Ok(()),
        }
    }
}
