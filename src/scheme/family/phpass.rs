//! phpass (`$P$`, phpBB's `$H$`) and Drupal 7's over SHA-512 (`$S$`).

use zeroize::Zeroizing;

use super::base::{Family, MadeText};
use super::crypt::base64;
use crate::scheme::expression::{Algorithm, hex};
use crate::scheme::format;
use crate::scheme::format::crypt64_value;
use crate::scheme::kdf::{self, Permit};
use crate::scheme::value::{Context, Scheme, Taken, VerifyError};

pub(in crate::scheme) static PHPASS: Phpass = Phpass;

/// The prefix, log2 of the rounds in one character, and eight of salt.
const SETTING_BYTES: usize = 12;

/// Drupal cuts the hash where the column of its time ended (`DRUPAL_HASH_LENGTH` in
/// includes/password.inc).
const DRUPAL_DIGITS: usize = 55 - SETTING_BYTES;

/// The digest of salt and password, then over and over that of the last digest and the password.
///
/// A `U` in front is Drupal's. The password was hashed with MD5 before, when the site was updated
/// from Drupal 6 (user_check_password in includes/password.inc).
pub(in crate::scheme) struct Phpass;

impl Family for Phpass {
    fn take(&self, scheme: Scheme, value: &[u8]) -> Option<Taken> {
        let (_, strength) = format::native(value).filter(|(known, _)| *known == scheme)?;
        let updated = usize::from(value.first() == Some(&b'U'));
        let setting = value.get(..SETTING_BYTES + updated)?;
        Some(Taken {
            strength,
            setting: setting.to_vec(),
            text: Zeroizing::new(std::str::from_utf8(value).ok()?.to_owned()),
        })
    }

    fn make(&self, _: Scheme, setting: &[u8], password: &[u8], _: &Context<'_>) -> MadeText {
        let front = std::str::from_utf8(setting).map_err(|_| VerifyError::Parameters)?;
        let (own, password) = match setting.strip_prefix(b"U") {
            Some(own) => {
                let md5 = hex(&Algorithm::Md5.digest(password));
                (own, Zeroizing::new(md5.as_bytes().to_vec()))
            }
            None => (setting, Zeroizing::new(password.to_vec())),
        };
        let (algorithm, digits) = match own.get(..3) {
            Some(b"$S$") => (Algorithm::Sha512, DRUPAL_DIGITS),
            Some(b"$P$" | b"$H$") => (Algorithm::Md5, 22),
            _ => return Err(VerifyError::Parameters),
        };
        let (Some(exponent), Some(salt), SETTING_BYTES) = (own.get(3), own.get(4..), own.len())
        else {
            return Err(VerifyError::Parameters);
        };
        let rounds = 1_u32
            .checked_shl(crypt64_value(*exponent))
            .ok_or(VerifyError::Parameters)?;
        let permit = kdf::spend_rounds(algorithm, rounds, algorithm.len() + password.len())?;
        let mut hash = algorithm.digest(&Zeroizing::new([salt, &password[..]].concat()));
        let mut input = Zeroizing::new([&hash[..], &password[..]].concat());
        let rounds = if permit == Permit::Compute { rounds } else { 0 };
        for _ in 0..rounds {
            hash = algorithm.digest(&input);
            for (byte, made) in input.iter_mut().zip(hash.iter()) {
                *byte = *made;
            }
        }
        let mut made = Zeroizing::new(String::with_capacity(90));
        base64::push(&hash, &mut made);
        let mut text = Zeroizing::new(String::with_capacity(front.len() + digits));
        text.push_str(front);
        text.push_str(made.get(..digits).ok_or(VerifyError::Parameters)?);
        Ok(Some(text))
    }
}
