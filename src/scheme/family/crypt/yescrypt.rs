//! yescrypt's `$y$`, over the crate `yescrypt`.

use zeroize::Zeroizing;

use super::base64;
use crate::scheme::format::YescryptParams;
use crate::scheme::kdf::{self, Permit};
use crate::scheme::value::VerifyError;

/// The hash by `$y$<parameters>$<salt>`.
pub(in crate::scheme) fn hash(
    front: &str,
    password: &[u8],
) -> Result<Zeroizing<[u8; 32]>, VerifyError> {
    let (params, salt) = front
        .strip_prefix("$y$")
        .and_then(|rest| rest.split_once('$'))
        .ok_or(VerifyError::Parameters)?;
    let read = YescryptParams::read(params.as_bytes()).ok_or(VerifyError::Parameters)?;
    let permit = kdf::spend_yescrypt((read.log_n, read.r, read.p), read.t)?;
    let params: yescrypt::Params = params.parse().map_err(|_| VerifyError::Parameters)?;
    let salt = base64::bytes(salt.as_bytes()).ok_or(VerifyError::Parameters)?;
    let mut out = Zeroizing::new([0; 32]);
    if permit == Permit::Compute {
        yescrypt::yescrypt(password, &salt, &params, &mut out[..])
            .map_err(|_| VerifyError::Parameters)?;
    }
    Ok(out)
}
