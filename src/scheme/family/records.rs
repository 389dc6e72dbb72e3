//! Password hashes in records of named fields: XenForo's, Keycloak's.

use zeroize::Zeroizing;

use super::base::{Family, MadeText};
use super::cut::join;
use crate::scheme::expression::{Algorithm, hex};
use crate::scheme::format;
use crate::scheme::format::records::{KeycloakCost, KeycloakSecret, XenForo, keycloak};
use crate::scheme::format::scheme_of_id;
use crate::scheme::kdf::{self, Argon2Cost, Pbkdf2Cost};
use crate::scheme::value::{Argon2Variant, Context, Needs, Scheme, Strength, Taken, VerifyError};
use crate::text;

/// XenForo 1.0 and 1.1: the digest of the digest in hex and the salt. The setting is the salt.
pub(in crate::scheme) struct XenForoSalted(Algorithm);

pub(in crate::scheme) static XENFORO_SHA1: XenForoSalted = XenForoSalted(Algorithm::Sha1);
pub(in crate::scheme) static XENFORO_SHA256: XenForoSalted = XenForoSalted(Algorithm::Sha256);

/// XenForo since 1.2: bcrypt or phpass in the field `hash`. Setting and text are that string's.
pub(in crate::scheme) struct XenForo12;

pub(in crate::scheme) static XENFORO_12: XenForo12 = XenForo12;

/// Keycloak's credential as one object. The setting is what made the hash, its length and the salt
/// in hex: `pbkdf2-sha256$27500$64$…`, `argon2id$7168$5$1$32$…`.
pub(in crate::scheme) struct Keycloak;

pub(in crate::scheme) static KEYCLOAK: Keycloak = Keycloak;

/// The same with `credential_data` in a column of its own, which is read as the salt. The setting
/// is the length of the hash, and the salt in hex.
pub(in crate::scheme) struct KeycloakSecretData;

pub(in crate::scheme) static KEYCLOAK_SECRET: KeycloakSecretData = KeycloakSecretData;

impl Family for XenForoSalted {
    fn take(&self, _: Scheme, value: &[u8]) -> Option<Taken> {
        match XenForo::read(value)? {
            XenForo::Salted {
                algorithm,
                hash,
                salt,
            } if algorithm == self.0 => Some(Taken {
                strength: Strength::Fast,
                setting: salt.to_vec(),
                text: Zeroizing::new(text::canonical_hex(&hash)?),
            }),
            _ => None,
        }
    }

    fn make(&self, _: Scheme, setting: &[u8], password: &[u8], _: &Context<'_>) -> MadeText {
        let inner = hex(&self.0.digest(password));
        Ok(Some(hex(&self
            .0
            .digest(&join(&[inner.as_bytes(), setting])))))
    }
}

impl Family for XenForo12 {
    fn take(&self, _: Scheme, value: &[u8]) -> Option<Taken> {
        match XenForo::read(value)? {
            XenForo::Behind(hash) => {
                let (inner, _) = format::native(&hash)?;
                inner.family().take(inner, &hash)
            }
            XenForo::Salted { .. } => None,
        }
    }

    fn make(&self, _: Scheme, setting: &[u8], password: &[u8], context: &Context<'_>) -> MadeText {
        let id = setting.strip_prefix(b"$").and_then(|rest| {
            let end = rest.iter().position(|byte| *byte == b'$')?;
            rest.get(..end)
        });
        let inner = id.and_then(scheme_of_id).ok_or(VerifyError::Parameters)?;
        inner.family().make(inner, setting, password, context)
    }

    fn tells_all(&self, _: Scheme, setting: &[u8], password: &[u8], context: &Context<'_>) -> bool {
        let id = setting.strip_prefix(b"$").and_then(|rest| {
            let end = rest.iter().position(|byte| *byte == b'$')?;
            rest.get(..end)
        });
        id.and_then(scheme_of_id)
            .is_some_and(|inner| inner.family().tells_all(inner, setting, password, context))
    }
}

impl Family for Keycloak {
    fn take(&self, _: Scheme, value: &[u8]) -> Option<Taken> {
        let (secret, cost) = keycloak(value)?;
        let head = match cost {
            KeycloakCost::Pbkdf2 {
                algorithm,
                iterations,
            } => format!("pbkdf2-{}${iterations}", algorithm.name()),
            KeycloakCost::Argon2 {
                variant,
                memory_kib,
                iterations,
                parallelism,
            } => {
                let name = match variant {
                    Argon2Variant::Id => "argon2id",
                    Argon2Variant::I => "argon2i",
                    Argon2Variant::D => "argon2d",
                };
                format!("{name}${memory_kib}${iterations}${parallelism}")
            }
        };
        let setting = format!(
            "{head}${}${}",
            secret.hash.len(),
            hex(&secret.salt).as_str()
        );
        Some(Taken {
            strength: cost.strength(),
            setting: setting.into_bytes(),
            text: hex(&secret.hash),
        })
    }

    fn make(&self, _: Scheme, setting: &[u8], password: &[u8], _: &Context<'_>) -> MadeText {
        let (cost, len, salt) = read_setting(setting).ok_or(VerifyError::Parameters)?;
        derive(cost, len, &salt, password)
    }
}

impl Family for KeycloakSecretData {
    fn take(&self, _: Scheme, value: &[u8]) -> Option<Taken> {
        let secret = KeycloakSecret::read(value)?;
        let (_, strength) = format::native(value)?;
        let setting = format!("{}${}", secret.hash.len(), hex(&secret.salt).as_str());
        Some(Taken {
            strength,
            setting: setting.into_bytes(),
            text: hex(&secret.hash),
        })
    }

    fn make(
        &self,
        scheme: Scheme,
        setting: &[u8],
        password: &[u8],
        context: &Context<'_>,
    ) -> MadeText {
        let missing = VerifyError::Missing {
            scheme,
            what: "salt",
        };
        let made = context.salt.ok_or(missing)?;
        let cost =
            KeycloakCost::read(text::trim(made.as_bytes())).ok_or(VerifyError::Parameters)?;
        let (len, salt) = length_and_salt(setting).ok_or(VerifyError::Parameters)?;
        derive(cost, len, &salt, password)
    }

    fn needs(&self, _: Scheme) -> Needs {
        Needs {
            salt: true,
            ..Needs::NONE
        }
    }
}

fn derive(cost: KeycloakCost, len: usize, salt: &[u8], password: &[u8]) -> MadeText {
    let made = match cost {
        KeycloakCost::Pbkdf2 {
            algorithm,
            iterations,
        } => kdf::pbkdf2(
            password,
            salt,
            Pbkdf2Cost {
                algorithm,
                iterations,
                len,
            },
        )?,
        KeycloakCost::Argon2 {
            variant,
            memory_kib,
            iterations,
            parallelism,
        } => {
            let cost = Argon2Cost {
                variant,
                ..Argon2Cost::argon2id(memory_kib, iterations, parallelism)
            };
            cost.hash_within(password, salt, len)?
        }
    };
    Ok(Some(hex(&made)))
}

/// What made the hash, its length, and the salt.
fn read_setting(setting: &[u8]) -> Option<(KeycloakCost, usize, Zeroizing<Vec<u8>>)> {
    let text = std::str::from_utf8(setting).ok()?;
    let (name, rest) = text.split_once('$')?;
    let number = |text: &str| text.parse::<u32>().ok();
    if let Some(algorithm) = name.strip_prefix("pbkdf2-") {
        let (iterations, rest) = rest.split_once('$')?;
        let cost = KeycloakCost::Pbkdf2 {
            algorithm: Algorithm::by_name(algorithm.as_bytes())?,
            iterations: number(iterations)?,
        };
        let (len, salt) = length_and_salt(rest.as_bytes())?;
        return Some((cost, len, salt));
    }
    let variant = match name {
        "argon2id" => Argon2Variant::Id,
        "argon2i" => Argon2Variant::I,
        "argon2d" => Argon2Variant::D,
        _ => return None,
    };
    let mut parts = rest.splitn(4, '$');
    let cost = KeycloakCost::Argon2 {
        variant,
        memory_kib: number(parts.next()?)?,
        iterations: number(parts.next()?)?,
        parallelism: number(parts.next()?)?,
    };
    let (len, salt) = length_and_salt(parts.next()?.as_bytes())?;
    Some((cost, len, salt))
}

fn length_and_salt(setting: &[u8]) -> Option<(usize, Zeroizing<Vec<u8>>)> {
    let (len, salt) = std::str::from_utf8(setting).ok()?.split_once('$')?;
    let len = len.parse().ok().filter(|len| (16..=128).contains(len))?;
    Some((len, text::unhex(salt.as_bytes())?))
}
