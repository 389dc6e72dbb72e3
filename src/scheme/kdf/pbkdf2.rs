//! PBKDF2, one key at a time.

use zeroize::Zeroizing;

use super::limits::{PBKDF2_BYTES_MAX, at_most};
use super::meter::{Permit, SlowHash, spend};
use super::work;
use crate::scheme::expression::Algorithm;
use crate::scheme::value::{HashKind, VerifyError};

/// What a key costs.
#[derive(Clone, Copy)]
pub(in crate::scheme) struct Pbkdf2Cost {
    /// The digest inside the HMAC.
    pub(in crate::scheme) algorithm: Algorithm,
    pub(in crate::scheme) iterations: u32,
    /// Bytes of the key.
    pub(in crate::scheme) len: usize,
}

impl Pbkdf2Cost {
    /// What it is.
    pub(in crate::scheme) fn kind(self) -> HashKind {
        HashKind::Pbkdf2 {
            digest: self.algorithm.name(),
        }
    }

    /// The iterations of all blocks.
    pub(in crate::scheme) fn blocks(self) -> u64 {
        let blocks = self.len.div_ceil(self.algorithm.len().max(1)).max(1);
        u64::from(self.iterations).saturating_mul(blocks as u64)
    }
}

/// PBKDF2 (RFC 8018).
///
/// # Errors
/// Where the cost is more than a login may cost, or no iterations are asked for.
pub(in crate::scheme) fn pbkdf2(
    password: &[u8],
    salt: &[u8],
    cost: Pbkdf2Cost,
) -> Result<Zeroizing<Vec<u8>>, VerifyError> {
    let Pbkdf2Cost {
        algorithm,
        iterations,
        len,
    } = cost;
    at_most(
        "length",
        u32::try_from(len).unwrap_or(u32::MAX),
        PBKDF2_BYTES_MAX,
    )?;
    if iterations == 0 {
        return Err(VerifyError::Parameters);
    }
    let mut out = Zeroizing::new(vec![0; len]);
    let what = SlowHash::Common(cost.kind(), cost.blocks());
    if spend(what, work::pbkdf2(algorithm, iterations, len), 0)? == Permit::Compute {
        algorithm.pbkdf2(password, salt, iterations, &mut out);
    }
    Ok(out)
}
