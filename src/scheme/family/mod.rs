//! How the values of each scheme are taken apart, and made of a password: one family for what is made alike.
//!
//! A family knows nothing of columns, rules and charsets, and compares nothing: who verifies makes the text and compares it with the
//! stored one.

pub(super) mod applications;
mod argon2;
mod bcrypt;
mod bcrypt_over;
mod behind;
mod caching_sha2;
mod crypt;
mod cut;
pub(super) mod databases;
pub(super) mod devices;
mod expression;
mod kratos;
pub(super) mod mediawiki;
mod pbkdf2;
mod phpass;
mod plain;
mod salted;
pub(super) mod spring;
pub(super) mod windows;

pub(super) use crypt::{is_bcrypt, is_prehashed};
pub(super) use cut::Cut;
use zeroize::Zeroizing;

use super::{Context, Needs, Scheme, Strength, Taken, VerifyError};

/// The text that a scheme makes of a password; none where no value of the scheme has a password of these bytes.
pub(super) type Made = Result<Option<Zeroizing<String>>, VerifyError>;

/// Schemes that are taken apart and made alike.
///
/// Everything here is total: any bytes may come in, also a `setting` that was read from a damaged or hostile value.
pub(super) trait Family: Sync {
    /// How strong a trimmed value is that doesn't say itself what it is, if it has the scheme's form. Without an allocation: a scan calls
    /// it for every row.
    fn read(&self, _scheme: Scheme, _value: &[u8]) -> Option<Strength> {
        None
    }

    /// Takes a trimmed value apart, marked or not; none where it is not of the scheme's form.
    fn take(&self, scheme: Scheme, value: &[u8]) -> Option<Taken>;

    /// What the scheme makes of a password with that setting: equal to the text of the value that the setting was taken from, if it is
    /// the right password. It refuses parameters that cost more than a login may.
    fn make(&self, scheme: Scheme, setting: &[u8], password: &[u8], context: &Context<'_>) -> Made;

    /// Another scheme whose strings look the same, and its setting: where the string can't tell, a login tries both.
    fn twin(&self, _scheme: Scheme, _setting: &[u8]) -> Option<(Scheme, Vec<u8>)> {
        None
    }

    /// Whether it can make anything at all.
    fn verifies(&self) -> bool {
        true
    }

    /// The password itself, where a trimmed value gives it away: it stands in the clear, or was only mixed up.
    fn reveal(&self, _scheme: Scheme, _value: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        None
    }

    /// What it needs from other columns.
    fn needs(&self, _scheme: Scheme) -> Needs {
        Needs::default()
    }
}

pub(super) static ARGON2: argon2::Argon2 = argon2::Argon2;
pub(super) static BCRYPT: bcrypt::Bcrypt = bcrypt::Bcrypt;
pub(super) static BEHIND: behind::Behind = behind::Behind;
pub(super) static CRYPT: crypt::Crypt = crypt::Crypt;
pub(super) static DES: crypt::Des = crypt::Des;
pub(super) static CISCO7: devices::Cisco7 = devices::Cisco7;
pub(super) static EXPRESSIONS: expression::Expressions = expression::Expressions;
pub(super) static PBKDF2_PHC: pbkdf2::Phc = pbkdf2::Phc;
pub(super) static PREHASHED: crypt::Prehashed = crypt::Prehashed;
pub(super) static SALTED: salted::Salted = salted::Salted::Fixed;
pub(super) static SALTED_HMAC: salted::Salted = salted::Salted::Hmac;
pub(super) static SALTED_PBKDF2: salted::Salted = salted::Salted::Pbkdf2;
pub(super) static SALTED_SCRYPT: salted::Salted = salted::Salted::Scrypt;
pub(super) static SCRAM: salted::Salted = salted::Salted::Scram;
pub(super) static PASSLIB_BCRYPT_SHA256: bcrypt_over::PasslibBcryptSha256 =
    bcrypt_over::PasslibBcryptSha256;
pub(super) static WORDPRESS: bcrypt_over::Wordpress = bcrypt_over::Wordpress;
pub(super) static PHPASS: phpass::Phpass = phpass::Phpass;
pub(super) static PLAIN: plain::Plain = plain::Plain;
pub(super) static KRATOS_TEMPLATE: kratos::Template = kratos::Template;
pub(super) static KRATOS_CRYPT: kratos::Renamed = kratos::Renamed;
pub(super) static KRATOS_FIREBASE: kratos::Firebase = kratos::Firebase;
pub(super) static CACHING_SHA2: caching_sha2::CachingSha2 = caching_sha2::CachingSha2;
pub(super) static NONE: RecognisedOnly = RecognisedOnly;

/// What is recognised and can't be verified.
pub(super) struct RecognisedOnly;

impl Family for RecognisedOnly {
    fn verifies(&self) -> bool {
        false
    }

    fn take(&self, _scheme: Scheme, _value: &[u8]) -> Option<Taken> {
        None
    }

    fn make(&self, scheme: Scheme, _: &[u8], _: &[u8], _: &Context<'_>) -> Made {
        Err(VerifyError::Unsupported { scheme })
    }
}
