//! bcrypt over another digest's text: the string shows plain bcrypt, so that the column has to say what it is.

use zeroize::Zeroizing;

use super::super::base::{Family, Made};
use super::super::bcrypt::BCRYPT;
use crate::scheme::expression::{Algorithm, hex};
use crate::scheme::format;
use crate::scheme::value::{Context, Scheme, Strength, Taken, VerifyError};

pub(in crate::scheme) static PREHASHED: Prehashed = Prehashed;

/// `bcrypt(md5(pass))` and its like: of the inner text bcrypt reads 72 bytes, which cuts the hex of a SHA-512.
pub(in crate::scheme) struct Prehashed;

impl Family for Prehashed {
    fn read(&self, _: Scheme, value: &[u8]) -> Option<Strength> {
        format::native(value)
            .filter(|(scheme, _)| is_bcrypt(*scheme))
            .map(|(_, strength)| strength)
    }

    fn take(&self, scheme: Scheme, value: &[u8]) -> Option<Taken> {
        self.read(scheme, value)?;
        BCRYPT.take(scheme, value)
    }

    fn make(&self, scheme: Scheme, setting: &[u8], password: &[u8], context: &Context<'_>) -> Made {
        let inner = match scheme {
            Scheme::BCRYPT_MD5 => hex(&Algorithm::Md5.digest(password)),
            Scheme::BCRYPT_SHA1 => hex(&Algorithm::Sha1.digest(password)),
            Scheme::BCRYPT_SHA512 => hex(&Algorithm::Sha512.digest(password)),
            // WoltLab's: both under the same salt (DoubleBcrypt.class.php in WoltLab/WCF).
            Scheme::BCRYPT_BCRYPT => match BCRYPT.make(scheme, setting, password, context)? {
                Some(inner) => inner,
                None => return Ok(None),
            },
            _ => return Err(VerifyError::Unsupported { scheme }),
        };
        let inner: Zeroizing<String> = inner;
        BCRYPT.make(scheme, setting, inner.as_bytes(), context)
    }
}

/// Whether it is one of these.
pub(in crate::scheme) fn is_prehashed(scheme: Scheme) -> bool {
    matches!(
        scheme,
        Scheme::BCRYPT_MD5 | Scheme::BCRYPT_SHA1 | Scheme::BCRYPT_SHA512 | Scheme::BCRYPT_BCRYPT
    )
}

/// Whether it is bcrypt itself, of any prefix.
pub(in crate::scheme) fn is_bcrypt(scheme: Scheme) -> bool {
    matches!(
        scheme,
        Scheme::BCRYPT_2A | Scheme::BCRYPT_2B | Scheme::BCRYPT_2X | Scheme::BCRYPT_2Y
    )
}
