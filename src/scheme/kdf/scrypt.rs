//! scrypt, one key at a time.

use zeroize::Zeroizing;

use super::limits::check_scrypt;
use super::meter::{Permit, SlowHash, spend};
use super::work;
use crate::scheme::value::{HashKind, VerifyError};

/// scrypt (RFC 7914) with N = 2^`log_n`.
pub(in crate::scheme) fn scrypt(
    password: &[u8],
    salt: &[u8],
    (log_n, r, p): (u32, u32, u32),
    len: usize,
) -> Result<Zeroizing<Vec<u8>>, VerifyError> {
    check_scrypt(log_n, r, p)?;
    let units = work::scrypt((log_n, r, p));
    let what = SlowHash::Common(HashKind::Scrypt { log_n, r, p }, 1);
    let permit = spend(what, units, work::memory_kib(log_n, r))?;
    let log_n = u8::try_from(log_n).map_err(|_| VerifyError::Parameters)?;
    let params = scrypt::Params::new(log_n, r, p).map_err(|_| VerifyError::Parameters)?;
    let mut out = Zeroizing::new(vec![0; len]);
    if permit == Permit::Compute {
        scrypt::scrypt(password, salt, &params, &mut out).map_err(|_| VerifyError::Parameters)?;
    }
    Ok(out)
}
