//! gost-yescrypt's `$gy$`: yescrypt, and over it HMAC with Streebog (GOST R 34.11-2012).
//!
//! It is for sites that may use no other digest. After libxcrypt's `lib/crypt-gost-yescrypt.c`.

use hmac::{KeyInit, Mac, SimpleHmac};
use streebog::{Digest, Streebog256};
use zeroize::Zeroizing;

use super::yescrypt;
use crate::scheme::value::VerifyError;

/// The hash by `$gy$<parameters>$<salt>`.
pub(in crate::scheme) fn hash(
    front: &str,
    password: &[u8],
) -> Result<Zeroizing<[u8; 32]>, VerifyError> {
    let rest = front.strip_prefix("$gy$").ok_or(VerifyError::Parameters)?;
    let inside = yescrypt::hash(&format!("$y${rest}"), password)?;
    let key = Zeroizing::new(<[u8; 32]>::from(Streebog256::digest(password)));
    let key = hmac(&key[..], front.as_bytes());
    Ok(hmac(&key[..], &inside[..]))
}

fn hmac(key: &[u8], text: &[u8]) -> Zeroizing<[u8; 32]> {
    let mac =
        SimpleHmac::<Streebog256>::new_from_slice(key).expect("HMAC takes keys of any length");
    Zeroizing::new(mac.chain_update(text).finalize().into_bytes().into())
}
