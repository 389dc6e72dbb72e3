//! The strings of crypt(3) and of what grew up beside it: a setting, and behind it the hash in crypt's own base 64.
//!
//! The text is the whole string, the setting all of it before the hash. libxcrypt is the judge of what a string means.

use zeroize::Zeroizing;

use super::super::base::{Family, Made};
use super::{base64, gost, md5, sha1, sha2, sun_md5, yescrypt};
use crate::scheme::expression::{Algorithm, hex};
use crate::scheme::format;
use crate::scheme::format::SCRYPT_7_PARAMETERS;
use crate::scheme::kdf;
use crate::scheme::value::{Context, Scheme, Strength, Taken, VerifyError};
use crate::text;

pub(in crate::scheme) static CRYPT: Crypt = Crypt;

/// The longest password that libxcrypt takes (`CRYPT_MAX_PASSPHRASE_SIZE` less its NUL). The SHA ones cost its length squared.
const PASSWORD_BYTES_MAX: usize = 511;

/// Whether a C string of that length reaches crypt(3) at all.
pub(in crate::scheme) fn can_be_a_password(password: &[u8]) -> bool {
    password.len() <= PASSWORD_BYTES_MAX && !password.contains(&0)
}

/// The strings with a mark of their own, `$1$` to `$gy$`, except bcrypt's.
pub(in crate::scheme) struct Crypt;

impl Family for Crypt {
    fn take(&self, scheme: Scheme, value: &[u8]) -> Option<Taken> {
        let (_, strength) = format::native(value).filter(|(known, _)| *known == scheme)?;
        let at = value.len().checked_sub(digits(scheme)?)?;
        let setting = value.get(..at)?;
        let hash = value.get(at..)?;
        let mut text = Zeroizing::new(std::str::from_utf8(setting).ok()?.to_owned());
        if scheme == Scheme::BSD_NTHASH {
            text.push_str(&Zeroizing::new(text::canonical_hex(hash)?));
        } else {
            base64::push_canonical(hash, spare_bits(scheme), &mut text);
        }
        Some(Taken {
            strength,
            setting: setting.to_vec(),
            text,
        })
    }

    fn make(&self, scheme: Scheme, setting: &[u8], password: &[u8], _: &Context<'_>) -> Made {
        if !can_be_a_password(password) {
            return Ok(None);
        }
        // The setting is good if it is one with a hash of any kind behind it.
        let digits = digits(scheme).ok_or(VerifyError::Unsupported { scheme })?;
        let whole = [setting, &vec![b'0'; digits]].concat();
        let strength = format::native(&whole)
            .filter(|(known, _)| *known == scheme)
            .ok_or(VerifyError::Parameters)?
            .1;
        if let Strength::Rounds { rounds, .. } = strength {
            kdf::at_most("rounds", rounds, kdf::CRYPT_ROUNDS_MAX)?;
        }
        let front = std::str::from_utf8(setting).map_err(|_| VerifyError::Parameters)?;
        let mut text = Zeroizing::new(String::with_capacity(whole.len()));
        text.push_str(front);
        hash(scheme, strength, front, password, &mut text)?;
        Ok(Some(text))
    }
}

/// Appends the hash.
fn hash(
    scheme: Scheme,
    strength: Strength,
    setting: &str,
    password: &[u8],
    text: &mut String,
) -> Result<(), VerifyError> {
    // What stands before the last dollar; of most schemes its last field is the salt.
    let front = setting.strip_suffix('$').ok_or(VerifyError::Parameters);
    let salt = || front.map(|front| front.rsplit('$').next().unwrap_or_default().as_bytes());
    let rounds = match strength {
        Strength::Rounds { rounds, .. } => rounds,
        _ => 0,
    };
    match scheme {
        Scheme::MD5CRYPT => md5::append(b"$1$", salt()?, password, text),
        Scheme::APR1 => md5::append(b"$apr1$", salt()?, password, text),
        Scheme::SUN_MD5 => sun_md5::append(front?, rounds, password, text),
        Scheme::SHA1CRYPT => sha1::append(salt()?, rounds, password, text),
        Scheme::SHA256CRYPT => sha2::append_256(salt()?, rounds, password, text)?,
        Scheme::SHA512CRYPT => sha2::append_512(salt()?, rounds, password, text)?,
        Scheme::SCRYPT_7 => {
            let Strength::Scrypt { log_n, r, p } = strength else {
                return Err(VerifyError::Parameters);
            };
            let salt = front?.get(SCRYPT_7_PARAMETERS..);
            let salt = salt.ok_or(VerifyError::Parameters)?.as_bytes();
            let made = kdf::scrypt(password, salt, (log_n, r, p), 32)?;
            base64::push(&made, text);
        }
        Scheme::YESCRYPT => base64::push(&*yescrypt::hash(front?, password)?, text),
        Scheme::GOST_YESCRYPT => base64::push(&*gost::hash(front?, password)?, text),
        Scheme::BSD_NTHASH => {
            // Each byte becomes a character of its own, whatever charset it is of.
            let wide: Zeroizing<Vec<u8>> =
                Zeroizing::new(password.iter().flat_map(|byte| [*byte, 0]).collect());
            text.push_str(&hex(&Algorithm::Md4.digest(&wide)));
        }
        _ => return Err(VerifyError::Unsupported { scheme }),
    }
    Ok(())
}

/// How many characters the hash has.
fn digits(scheme: Scheme) -> Option<usize> {
    Some(match scheme {
        Scheme::MD5CRYPT | Scheme::APR1 | Scheme::SUN_MD5 => 22,
        Scheme::SHA1CRYPT => 28,
        Scheme::BSD_NTHASH => 32,
        Scheme::SHA256CRYPT | Scheme::SCRYPT_7 | Scheme::YESCRYPT | Scheme::GOST_YESCRYPT => 43,
        Scheme::SHA512CRYPT => 86,
        _ => return None,
    })
}

/// How many bits of the hash's last character stand for nothing; they are its high ones, and some makers don't clear them.
fn spare_bits(scheme: Scheme) -> u32 {
    match scheme {
        Scheme::SHA1CRYPT => 0,
        Scheme::SHA256CRYPT | Scheme::SCRYPT_7 | Scheme::YESCRYPT | Scheme::GOST_YESCRYPT => 2,
        _ => 4,
    }
}
