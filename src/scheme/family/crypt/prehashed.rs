//! bcrypt over another digest's text.
//!
//! The string looks like plain bcrypt, so the column has to say what it is.

use super::super::base::{Family, MadeText};
use super::super::bcrypt::BCRYPT;
use crate::scheme::expression::{Algorithm, hex};
use crate::scheme::format::{self, is_bcrypt};
use crate::scheme::value::{Context, Scheme, Strength, Taken};

/// `bcrypt(md5(pass))` and its like: of the inner text bcrypt reads 72 bytes, which cuts the hex of
/// a SHA-512.
pub(in crate::scheme) enum Prehashed {
    /// The hex of a digest.
    Digest(Algorithm),
    /// bcrypt under the same salt, which is WoltLab's (DoubleBcrypt.class.php in WoltLab/WCF).
    Bcrypt,
}

pub(in crate::scheme) static BCRYPT_MD5: Prehashed = Prehashed::Digest(Algorithm::Md5);
pub(in crate::scheme) static BCRYPT_SHA1: Prehashed = Prehashed::Digest(Algorithm::Sha1);
pub(in crate::scheme) static BCRYPT_SHA512: Prehashed = Prehashed::Digest(Algorithm::Sha512);
pub(in crate::scheme) static BCRYPT_BCRYPT: Prehashed = Prehashed::Bcrypt;

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

    fn make(
        &self,
        scheme: Scheme,
        setting: &[u8],
        password: &[u8],
        context: &Context<'_>,
    ) -> MadeText {
        let inner = match self {
            Self::Digest(algorithm) => hex(&algorithm.digest(password)),
            Self::Bcrypt => match BCRYPT.make(scheme, setting, password, context)? {
                Some(inner) => inner,
                None => return Ok(None),
            },
        };
        BCRYPT.make(scheme, setting, inner.as_bytes(), context)
    }

    fn tells_all(
        &self,
        scheme: Scheme,
        setting: &[u8],
        password: &[u8],
        context: &Context<'_>,
    ) -> bool {
        match self {
            Self::Digest(_) => true,
            Self::Bcrypt => BCRYPT.tells_all(scheme, setting, password, context),
        }
    }

    fn hides_behind(&self, prefixed: Scheme) -> bool {
        is_bcrypt(prefixed)
    }
}
