//! The parameters of a run, checked, and what follows from them alone.

use std::sync::{Arc, OnceLock};

use zeroize::Zeroizing;

use crate::kernel::argon2id::{BLOCK_BYTES, MatrixShape, References};
use crate::kernel::bcrypt::KeySchedule;
use crate::kernel::{
    BCRYPT_INPUT_MAX, BCRYPT_OUTPUT_LEN, Implementation, Input, KernelError, KernelVariant,
    PBKDF2_OUTPUT_LEN, Params, VariantSource,
};

/// The most hashes that one thread makes in lockstep.
pub const LOCKSTEP_MAX: usize = 8;

/// The longest associated data, in bytes: what the `argon2` crate takes.
pub const ASSOCIATED_DATA_MAX: usize = 32;

/// The shortest salt that the `argon2` crate and the reference implementation take, in bytes.
const ARGON2_SALT_MIN: usize = 8;
/// The length of a salt of bcrypt, in bytes.
const BCRYPT_SALT_LEN: usize = 16;

/// The lockstep of Argon2id where nothing was measured. A third hash costs more in cache misses
/// than it gains.
const ARGON2ID_LOCKSTEP: usize = 2;

/// The lanes of one hash that are advanced together. They share the memory of their hash, so more
/// of them need no more memory.
const LANES_TOGETHER: usize = 4;

/// The lockstep of bcrypt where nothing was measured. Six key schedules take 25 KiB of the
/// first-level cache, and the halves of six blocks fill the registers.
const BCRYPT_LOCKSTEP: usize = 6;

/// Checked parameters, and how they are computed. It is made once a run and shared by its threads.
#[derive(Clone)]
pub struct Plan {
    params: Params,
    implementation: Implementation,
    lockstep: usize,
    variant: KernelVariant,
    variant_from: VariantSource,
    secret: Zeroizing<Vec<u8>>,
    associated_data: Vec<u8>,
    /// For our own Argon2id. The first hash makes them, so that a plan is cheap to make.
    references: Arc<OnceLock<References>>,
}

impl Plan {
    /// Checks the parameters, which `implementation` will compute.
    ///
    /// # Errors
    /// Where a parameter is out of range, or this processor lacks the instructions.
    pub fn on(implementation: Implementation, params: Params) -> Result<Self, KernelError> {
        params.check()?;
        if !implementation.is_available() {
            return Err(KernelError::ImplementationUnavailable { implementation });
        }
        let own = implementation != Implementation::Crates;
        let lockstep = match params {
            _ if !own => 1,
            Params::Pbkdf2Sha256 { .. } => 1,
            Params::Argon2id { parallelism: 1, .. } => ARGON2ID_LOCKSTEP,
            Params::Argon2id { .. } => 1,
            Params::Bcrypt { .. } => BCRYPT_LOCKSTEP,
        };
        Ok(Self {
            params,
            implementation,
            lockstep,
            variant: KernelVariant::of_this_processor(),
            variant_from: VariantSource::Table,
            secret: Zeroizing::default(),
            associated_data: Vec::new(),
            references: Arc::default(),
        })
    }

    /// The same plan with that many hashes at once, within 1 to [`LOCKSTEP_MAX`]. The crates and
    /// PBKDF2 always make one.
    #[must_use]
    pub fn with_lockstep(mut self, hashes: usize) -> Self {
        self.lockstep = if self.implementation == Implementation::Crates
            || matches!(self.params, Params::Pbkdf2Sha256 { .. })
        {
            1
        } else {
            hashes.clamp(1, LOCKSTEP_MAX)
        };
        self
    }

    /// The same plan with our own Argon2id built as somebody asked. The digests are the same.
    #[must_use]
    pub fn with_named_variant(self, variant: KernelVariant) -> Self {
        self.with_variant(variant, VariantSource::Name)
    }

    /// The same plan with the variant of another.
    #[must_use]
    pub fn with_variant_of(self, other: &Self) -> Self {
        self.with_variant(other.variant, other.variant_from)
    }

    /// The same plan with the variant that is known of a processor, or was measured on this one.
    #[must_use]
    pub(in crate::kernel) fn with_variant(
        mut self,
        variant: KernelVariant,
        from: VariantSource,
    ) -> Self {
        self.variant = variant;
        self.variant_from = from;
        self
    }

    /// The same plan with Argon2's secret (K of RFC 9106), which is wiped with the plan. The other
    /// functions have none and ignore it.
    #[must_use]
    pub fn with_secret(mut self, secret: &[u8]) -> Self {
        self.secret = Zeroizing::new(secret.to_vec());
        self
    }

    /// The same plan with Argon2's associated data (X of RFC 9106). The other functions have none
    /// and ignore it.
    ///
    /// # Errors
    /// Where the data is longer than [`ASSOCIATED_DATA_MAX`].
    pub fn with_associated_data(mut self, data: &[u8]) -> Result<Self, KernelError> {
        if data.len() > ASSOCIATED_DATA_MAX {
            return Err(KernelError::InputTooLong {
                len: data.len(),
                max: ASSOCIATED_DATA_MAX,
            });
        }
        self.associated_data = data.to_vec();
        Ok(self)
    }

    /// The parameters as given.
    pub fn params(&self) -> Params {
        self.params
    }

    /// What computes.
    pub fn implementation(&self) -> Implementation {
        self.implementation
    }

    /// How many hashes one thread makes at once.
    pub fn lockstep(&self) -> usize {
        self.lockstep
    }

    /// How our own Argon2id is built.
    pub fn variant(&self) -> KernelVariant {
        self.variant
    }

    /// Why it is built so.
    pub fn variant_from(&self) -> VariantSource {
        self.variant_from
    }

    /// How our own Argon2id is built, and why, in words; none where something else computes.
    pub fn variant_words(&self) -> Option<String> {
        let is_own = self.implementation != Implementation::Crates;
        let has_variants = is_own && matches!(self.params, Params::Argon2id { .. });
        has_variants.then(|| format!("{}, {}", self.variant, self.variant_from))
    }

    /// The memory of one thread's arena, in bytes.
    pub fn arena_bytes(&self) -> usize {
        let one = match self.params {
            Params::Argon2id { .. } => self.hash_blocks().saturating_mul(BLOCK_BYTES),
            Params::Bcrypt { .. } => size_of::<KeySchedule>(),
            Params::Pbkdf2Sha256 { .. } => 0,
        };
        one.saturating_mul(self.lockstep)
    }

    /// The bytes of one digest: as asked for, [`BCRYPT_OUTPUT_LEN`] or [`PBKDF2_OUTPUT_LEN`].
    pub fn output_len(&self) -> usize {
        match self.params {
            Params::Argon2id { output_len, .. } => output_len,
            Params::Bcrypt { .. } => BCRYPT_OUTPUT_LEN,
            Params::Pbkdf2Sha256 { .. } => PBKDF2_OUTPUT_LEN,
        }
    }

    pub(super) fn secret(&self) -> &[u8] {
        &self.secret
    }

    pub(super) fn associated_data(&self) -> &[u8] {
        &self.associated_data
    }

    /// The references of our own Argon2id; no other function has any.
    pub(super) fn references(&self) -> &References {
        self.references
            .get_or_init(|| References::new(self.shape().expect("asked for by Argon2id only")))
    }

    /// How many streams of Argon2id are advanced together: the hashes in lockstep, or lanes of
    /// hashes.
    pub(super) fn streams_together(&self) -> usize {
        match self.params {
            Params::Argon2id { parallelism: 1, .. } => self.lockstep,
            _ => self.lockstep.max(LANES_TOGETHER),
        }
    }

    /// The 1 KiB blocks that one hash fills (m' of RFC 9106). The other functions need none.
    pub(super) fn hash_blocks(&self) -> usize {
        self.shape().map_or(0, MatrixShape::blocks)
    }

    fn shape(&self) -> Option<MatrixShape> {
        match self.params {
            Params::Argon2id {
                memory_kib,
                iterations,
                parallelism,
                ..
            } => Some(MatrixShape::new(memory_kib, iterations, parallelism)),
            Params::Bcrypt { .. } | Params::Pbkdf2Sha256 { .. } => None,
        }
    }

    /// Whether the function of this plan hashes `input` whole.
    pub(super) fn check(&self, input: &Input<'_>) -> Result<(), KernelError> {
        let len = input.salt.len();
        let is_good_salt = match self.params {
            Params::Argon2id { .. } => len >= ARGON2_SALT_MIN,
            Params::Bcrypt { .. } => len == BCRYPT_SALT_LEN,
            Params::Pbkdf2Sha256 { .. } => true,
        };
        if !is_good_salt {
            return Err(KernelError::SaltLen { len });
        }
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

impl std::fmt::Debug for Plan {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            params,
            implementation,
            lockstep,
            ..
        } = self;
        f.debug_struct("Plan")
            .field("params", params)
            .field("implementation", implementation)
            .field("lockstep", lockstep)
            .finish_non_exhaustive()
    }
}
