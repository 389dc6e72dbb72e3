//! The strings of crypt(3) that carry a prefix: a setting, and behind it the hash.

use zeroize::Zeroizing;

use super::super::base::{Family, MadeText};
use super::{base64, gost, md5, sha1, sha2, sun_md5, yescrypt};
use crate::scheme::expression::{Algorithm, hex};
use crate::scheme::format::{self, SCRYPT_7_PARAMETERS};
use crate::scheme::kdf;
use crate::scheme::value::{Context, Scheme, Strength, Taken, VerifyError};
use crate::text;

/// The strings with a prefix of their own, `$1$` to `$gy$`, except bcrypt's.
pub(in crate::scheme) struct Crypt {
    /// How many characters the hash has.
    digits: usize,
    /// How the hash is spelt.
    digits_of: HashDigits,
    /// Appends the hash.
    append: fn(&CryptInput<'_>, &mut String) -> Result<(), VerifyError>,
}

/// How the hash of a string is spelt.
enum HashDigits {
    /// In hex.
    Hex,
    /// In crypt's base 64. So many high bits of the last character stand for nothing, and some
    /// makers don't clear them.
    Crypt64 { spare_bits: u32 },
}

/// What a hash is made of.
struct CryptInput<'a> {
    /// All that stands before the hash.
    setting: &'a str,
    strength: Strength,
    password: &'a [u8],
}

impl<'a> CryptInput<'a> {
    /// What stands before the setting's last dollar.
    fn front(&self) -> Result<&'a str, VerifyError> {
        self.setting
            .strip_suffix('$')
            .ok_or(VerifyError::Parameters)
    }

    /// The last field before that dollar: in most schemes the salt.
    fn salt(&self) -> Result<&'a [u8], VerifyError> {
        let front = self.front()?;
        Ok(front.rsplit('$').next().unwrap_or_default().as_bytes())
    }

    fn rounds(&self) -> u32 {
        match self.strength {
            Strength::Rounds { rounds, .. } => rounds,
            _ => 0,
        }
    }
}

pub(in crate::scheme) static MD5CRYPT: Crypt = Crypt {
    digits: 22,
    digits_of: HashDigits::Crypt64 { spare_bits: 4 },
    append: |input, text| md5::append(b"$1$", input.salt()?, input.password, text),
};

pub(in crate::scheme) static APR1: Crypt = Crypt {
    digits: 22,
    digits_of: HashDigits::Crypt64 { spare_bits: 4 },
    append: |input, text| md5::append(b"$apr1$", input.salt()?, input.password, text),
};

pub(in crate::scheme) static SUN_MD5: Crypt = Crypt {
    digits: 22,
    digits_of: HashDigits::Crypt64 { spare_bits: 4 },
    append: |input, text| sun_md5::append(input.front()?, input.rounds(), input.password, text),
};

pub(in crate::scheme) static SHA1CRYPT: Crypt = Crypt {
    digits: 28,
    digits_of: HashDigits::Crypt64 { spare_bits: 0 },
    append: |input, text| sha1::append(input.salt()?, input.rounds(), input.password, text),
};

pub(in crate::scheme) static SHA256CRYPT: Crypt = Crypt {
    digits: 43,
    digits_of: HashDigits::Crypt64 { spare_bits: 2 },
    append: |input, text| sha2::append_256(input.salt()?, input.rounds(), input.password, text),
};

pub(in crate::scheme) static SHA512CRYPT: Crypt = Crypt {
    digits: 86,
    digits_of: HashDigits::Crypt64 { spare_bits: 4 },
    append: |input, text| sha2::append_512(input.salt()?, input.rounds(), input.password, text),
};

pub(in crate::scheme) static SCRYPT_7: Crypt = Crypt {
    digits: 43,
    digits_of: HashDigits::Crypt64 { spare_bits: 2 },
    append: |input, text| {
        let Strength::Scrypt { log_n, r, p } = input.strength else {
            return Err(VerifyError::Parameters);
        };
        let salt = input.front()?.get(SCRYPT_7_PARAMETERS..);
        let salt = salt.ok_or(VerifyError::Parameters)?.as_bytes();
        let made = kdf::scrypt(input.password, salt, (log_n, r, p), 32)?;
        base64::push(&made, text);
        Ok(())
    },
};

pub(in crate::scheme) static YESCRYPT: Crypt = Crypt {
    digits: 43,
    digits_of: HashDigits::Crypt64 { spare_bits: 2 },
    append: |input, text| {
        base64::push(&*yescrypt::hash(input.front()?, input.password)?, text);
        Ok(())
    },
};

pub(in crate::scheme) static GOST_YESCRYPT: Crypt = Crypt {
    digits: 43,
    digits_of: HashDigits::Crypt64 { spare_bits: 2 },
    append: |input, text| {
        base64::push(&*gost::hash(input.front()?, input.password)?, text);
        Ok(())
    },
};

pub(in crate::scheme) static BSD_NTHASH: Crypt = Crypt {
    digits: 32,
    digits_of: HashDigits::Hex,
    append: |input, text| {
        // Each byte becomes a character of its own, in whatever charset it is.
        let wide: Zeroizing<Vec<u8>> =
            Zeroizing::new(input.password.iter().flat_map(|byte| [*byte, 0]).collect());
        text.push_str(&hex(&Algorithm::Md4.digest(&wide)));
        Ok(())
    },
};

/// The longest password that libxcrypt takes (`CRYPT_MAX_PASSPHRASE_SIZE` less its NUL). The SHA
/// ones cost its length squared.
const PASSWORD_BYTES_MAX: usize = 511;

/// Whether a C string of that length reaches crypt(3) at all.
pub(in crate::scheme) fn can_be_a_password(password: &[u8]) -> bool {
    password.len() <= PASSWORD_BYTES_MAX && !password.contains(&0)
}

impl Family for Crypt {
    fn take(&self, scheme: Scheme, value: &[u8]) -> Option<Taken> {
        let (_, strength) = format::native(value).filter(|(known, _)| *known == scheme)?;
        let at = value.len().checked_sub(self.digits)?;
        let setting = value.get(..at)?;
        let hash = value.get(at..)?;
        let mut text = Zeroizing::new(std::str::from_utf8(setting).ok()?.to_owned());
        match self.digits_of {
            HashDigits::Hex => text.push_str(&Zeroizing::new(text::canonical_hex(hash)?)),
            HashDigits::Crypt64 { spare_bits } => {
                base64::push_canonical(hash, spare_bits, &mut text);
            }
        }
        Some(Taken {
            strength,
            setting: setting.to_vec(),
            text,
        })
    }

    fn make(&self, scheme: Scheme, setting: &[u8], password: &[u8], _: &Context<'_>) -> MadeText {
        if !can_be_a_password(password) {
            return Ok(None);
        }
        // The setting is good if it is one with a hash of any kind behind it.
        let whole = [setting, &vec![b'0'; self.digits]].concat();
        let strength = format::native(&whole)
            .filter(|(known, _)| *known == scheme)
            .ok_or(VerifyError::Parameters)?
            .1;
        let setting = std::str::from_utf8(setting).map_err(|_| VerifyError::Parameters)?;
        let mut text = Zeroizing::new(String::with_capacity(whole.len()));
        text.push_str(setting);
        let input = CryptInput {
            setting,
            strength,
            password,
        };
        (self.append)(&input, &mut text)?;
        Ok(Some(text))
    }
}
