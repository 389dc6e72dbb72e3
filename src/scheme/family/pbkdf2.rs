//! PBKDF2 in a PHC string, as saltern itself and Ory Kratos write it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use zeroize::Zeroizing;

use super::base::{Family, MadeText};
use crate::scheme::expression::Algorithm;
use crate::scheme::format;
use crate::scheme::kdf::{self, Pbkdf2Cost};
use crate::scheme::value::{Context, Scheme, Taken, VerifyError};

pub(in crate::scheme) static PBKDF2_PHC: Phc = Phc;

/// `$pbkdf2-sha256$i=600000,l=32$salt$hash`.
pub(in crate::scheme) struct Phc;

impl Family for Phc {
    fn take(&self, scheme: Scheme, value: &[u8]) -> Option<Taken> {
        let strength = format::native(value)
            .filter(|(known, _)| *known == scheme)?
            .1;
        let value = std::str::from_utf8(value).ok()?;
        let (front, hash) = value.rsplit_once('$')?;
        let (front, salt) = front.rsplit_once('$')?;
        let salt = salt.trim_end_matches('=');
        let hash = Zeroizing::new(STANDARD_NO_PAD.decode(hash.trim_end_matches('=')).ok()?);
        // The length is the hash's own, also where the string leaves it out.
        let id = front.split(',').next()?;
        let setting = format!("{id},l={}${salt}$", hash.len());
        let mut text = Zeroizing::new(setting.clone());
        STANDARD_NO_PAD.encode_string(hash.as_slice(), &mut text);
        Some(Taken {
            strength,
            setting: setting.into_bytes(),
            text,
        })
    }

    fn make(&self, _: Scheme, setting: &[u8], password: &[u8], _: &Context<'_>) -> MadeText {
        let (front, parts) = read(setting).ok_or(VerifyError::Parameters)?;
        let hash = kdf::pbkdf2(
            password,
            &parts.salt,
            Pbkdf2Cost {
                algorithm: parts.algorithm,
                iterations: parts.iterations,
                len: parts.len,
            },
        )?;
        let mut text = Zeroizing::new(front.to_owned());
        STANDARD_NO_PAD.encode_string(hash.as_slice(), &mut text);
        Ok(Some(text))
    }
}

/// What stands in a setting.
struct PhcSetting {
    algorithm: Algorithm,
    iterations: u32,
    len: usize,
    salt: Vec<u8>,
}

fn read(setting: &[u8]) -> Option<(&str, PhcSetting)> {
    let setting = std::str::from_utf8(setting).ok()?;
    let (id, rest) = setting.strip_prefix("$pbkdf2-")?.split_once("$i=")?;
    let (iterations, rest) = rest.split_once(",l=")?;
    let (len, salt) = rest.split_once('$')?;
    let algorithm = match id {
        "sha1" => Algorithm::Sha1,
        "sha256" => Algorithm::Sha256,
        "sha512" => Algorithm::Sha512,
        // Kratos names SHA-2 and takes SHA-3 (hash/hash_comparator.go in ory/kratos: sha3.New224,
        // sha3.New384).
        "sha224" => Algorithm::Sha3_224,
        "sha384" => Algorithm::Sha3_384,
        _ => return None,
    };
    let parts = PhcSetting {
        algorithm,
        iterations: iterations.parse().ok()?,
        len: len.parse().ok()?,
        salt: STANDARD_NO_PAD.decode(salt.strip_suffix('$')?).ok()?,
    };
    Some((setting, parts))
}
