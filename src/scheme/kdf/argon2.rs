//! Argon2, one hash at a time.
//!
//! Argon2id as runs make it comes from `kernel`, which is faster even alone. The rest comes from
//! the RustCrypto crate.

use argon2::{Algorithm, Argon2, Version};
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use zeroize::Zeroizing;

use super::limits::{ARGON2_MEMORY_KIB_MAX, ARGON2_PARALLELISM_MAX, at_most};
use super::meter::{Permit, SlowHash, spend};
use super::work;
use crate::kernel::{self, Input, hash_one};
use crate::scheme::format::Argon2Form;
use crate::scheme::value::{Argon2Variant, HashKind, VerifyError};

/// The Argon2 hash of a text by a string's parameters and salt.
pub(in crate::scheme) fn argon2_of(
    form: &Argon2Form<'_>,
    text: &[u8],
    len: usize,
) -> Result<Zeroizing<Vec<u8>>, VerifyError> {
    let cost = Argon2Cost {
        variant: form.variant,
        version: if form.version == 16 {
            Version::V0x10
        } else {
            Version::V0x13
        },
        memory_kib: form.memory_kib,
        iterations: form.iterations,
        parallelism: form.parallelism,
    };
    let salt = STANDARD_NO_PAD
        .decode(form.salt)
        .map_err(|_| VerifyError::Parameters)?;
    cost.hash_within(text, &salt, len)
}

/// An Argon2 with its parameters.
pub(in crate::scheme) struct Argon2Cost {
    pub(in crate::scheme) variant: Argon2Variant,
    pub(in crate::scheme) version: Version,
    pub(in crate::scheme) memory_kib: u32,
    pub(in crate::scheme) iterations: u32,
    pub(in crate::scheme) parallelism: u32,
}

impl Argon2Cost {
    /// Argon2id of version 19, as everything makes it today.
    pub(in crate::scheme) fn argon2id(memory_kib: u32, iterations: u32, parallelism: u32) -> Self {
        Self {
            variant: Argon2Variant::Id,
            version: Version::V0x13,
            memory_kib,
            iterations,
            parallelism,
        }
    }

    /// The hash of a text, `len` bytes of it, within what a login may cost.
    pub(in crate::scheme) fn hash_within(
        &self,
        text: &[u8],
        salt: &[u8],
        len: usize,
    ) -> Result<Zeroizing<Vec<u8>>, VerifyError> {
        at_most("m", self.memory_kib, ARGON2_MEMORY_KIB_MAX)?;
        at_most("p", self.parallelism, ARGON2_PARALLELISM_MAX)?;
        let what = SlowHash::Common(self.kind(), 1);
        match spend(what, self.units(), self.memory_kib.into())? {
            Permit::Compute => self.hash(text, salt, len),
            Permit::Weigh => Ok(Zeroizing::new(vec![0; len])),
        }
    }

    /// What it is.
    pub(in crate::scheme) fn kind(&self) -> HashKind {
        HashKind::Argon2 {
            variant: self.variant,
            version: self.version.into(),
            memory_kib: self.memory_kib,
            iterations: self.iterations,
            parallelism: self.parallelism,
        }
    }

    /// The units of its work.
    pub(super) fn units(&self) -> u64 {
        work::argon2(self.memory_kib, self.iterations)
    }

    /// The hash of a text, `len` bytes of it, within no limit but the function's own.
    pub(in crate::scheme) fn hash(
        &self,
        text: &[u8],
        salt: &[u8],
        len: usize,
    ) -> Result<Zeroizing<Vec<u8>>, VerifyError> {
        let mut out = Zeroizing::new(vec![0; len]);
        if let (Argon2Variant::Id, Version::V0x13) = (self.variant, self.version) {
            let params = kernel::Params::Argon2id {
                memory_kib: self.memory_kib,
                iterations: self.iterations,
                parallelism: self.parallelism,
                output_len: len,
            };
            hash_one(params, Input { text, salt }, &mut out)
                .map_err(|_| VerifyError::Parameters)?;
        } else {
            self.by_the_crate(text, salt, &mut out)
                .map_err(|_| VerifyError::Parameters)?;
        }
        Ok(out)
    }

    pub(in crate::scheme) fn by_the_crate(
        &self,
        text: &[u8],
        salt: &[u8],
        out: &mut [u8],
    ) -> argon2::Result<()> {
        let algorithm = match self.variant {
            Argon2Variant::D => Algorithm::Argon2d,
            Argon2Variant::I => Algorithm::Argon2i,
            Argon2Variant::Id => Algorithm::Argon2id,
        };
        let params = argon2::Params::new(
            self.memory_kib,
            self.iterations,
            self.parallelism,
            Some(out.len()),
        )?;
        Argon2::new(algorithm, self.version, params).hash_password_into(text, salt, out)
    }
}
