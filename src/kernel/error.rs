//! Why a hash is not made. No variant holds a byte of an input or of a digest.

use super::Implementation;

/// Why a plan, an arena or a batch was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KernelError {
    /// Argon2 needs eight blocks a lane.
    #[error(
        "argon2id memory of {memory_kib} KiB is below {min} KiB, the least for its parallelism"
    )]
    MemoryTooLittle {
        /// What was asked for.
        memory_kib: u32,
        /// Eight KiB a lane.
        min: u32,
    },
    /// Argon2 makes at least one pass, PBKDF2 at least one round.
    #[error("a password hash needs at least one iteration")]
    NoIterations,
    /// Out of Argon2's range.
    #[error("argon2id parallelism {parallelism} is outside 1 to {max}")]
    Parallelism {
        /// What was asked for.
        parallelism: u32,
        /// The greatest that RFC 9106 allows.
        max: u32,
    },
    /// Out of Argon2's range.
    #[error("argon2id output of {len} bytes is outside {min} to {max}")]
    OutputLen {
        /// What was asked for.
        len: usize,
        /// The least that RFC 9106 allows.
        min: usize,
        /// The greatest that RFC 9106 allows.
        max: usize,
    },
    /// Out of bcrypt's range.
    #[error("bcrypt cost {cost} is outside {min} to {max}")]
    Cost {
        /// What was asked for.
        cost: u32,
        /// The least.
        min: u32,
        /// The greatest.
        max: u32,
    },
    /// The operating system gave no memory.
    #[error("no memory for an arena of {bytes} bytes")]
    NoMemory {
        /// How much was asked for.
        bytes: usize,
    },
    /// The arena is of another kind, or too small.
    #[error("arena was made for another plan")]
    ArenaOfAnotherPlan,
    /// The processor lacks the instructions.
    #[error("this processor does not have the instructions of the hash kernel {}", .implementation.as_str())]
    ImplementationUnavailable {
        /// What was asked for.
        implementation: Implementation,
    },
    /// The output slice does not have the length of all digests.
    #[error("room for digests is {actual} bytes where {expected} are needed")]
    OutputRoom {
        /// The length of the slice given.
        actual: usize,
        /// InputXor times output length.
        expected: usize,
    },
    /// The function takes no salt of that length.
    #[error("salt of {len} bytes is not of the length that the hash function takes")]
    SaltLen {
        /// The length of the salt.
        len: usize,
    },
    /// The input is longer than the function hashes whole; bcrypt would cut it silently.
    #[error("input of {len} bytes is longer than {max}")]
    InputTooLong {
        /// The length of the input.
        len: usize,
        /// The most that is hashed whole.
        max: usize,
    },
    /// Some implementations of bcrypt stop at a NUL byte, and others don't.
    #[error("input for bcrypt holds a NUL byte")]
    InputHoldsNul,
}
