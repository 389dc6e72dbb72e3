//! Password hashes in records of named fields: XenForo's, Keycloak's.

use zeroize::Zeroizing;

use super::fields::{Field, Fields, number_of};
use super::part::{CodedBytes, Coding};
use crate::scheme::expression::Algorithm;
use crate::scheme::value::{Argon2Variant, Scheme, Strength};
use crate::text;

/// XenForo's `data`: a serialised array, or since version 2 JSON
/// (XF/Authentication/AbstractAuth.php).
pub(in crate::scheme) enum XenForo {
    /// `hash`, `salt`, `hashFunc`.
    Salted {
        algorithm: Algorithm,
        hash: Zeroizing<Vec<u8>>,
        salt: Zeroizing<Vec<u8>>,
    },
    /// `hash` alone: bcrypt or phpass.
    Behind(Zeroizing<Vec<u8>>),
}

impl XenForo {
    pub(in crate::scheme) fn read(value: &[u8]) -> Option<Self> {
        let fields = Fields::read(value)?;
        let hash = Zeroizing::new(fields.text("hash")?.to_vec());
        let Some(salt) = fields.text("salt") else {
            return fields
                .text("hashFunc")
                .is_none()
                .then_some(Self::Behind(hash));
        };
        let algorithm = match fields.text("hashFunc")? {
            b"sha256" => Algorithm::Sha256,
            b"sha1" => Algorithm::Sha1,
            _ => return None,
        };
        let good = hash.len() == 2 * algorithm.len() && text::is_hex(&hash);
        good.then(|| Self::Salted {
            algorithm,
            hash,
            salt: Zeroizing::new(salt.to_vec()),
        })
    }

    /// The scheme; of bcrypt and phpass the same one.
    pub(in crate::scheme) fn scheme(&self) -> Scheme {
        match self {
            Self::Salted {
                algorithm: Algorithm::Sha1,
                ..
            } => Scheme::XENFORO_SHA1,
            Self::Salted { .. } => Scheme::XENFORO_SHA256,
            Self::Behind(_) => Scheme::XENFORO_12,
        }
    }
}

/// Keycloak's credential: what it keeps secret, and how it was made (PasswordCredentialModel.java
/// of keycloak/keycloak). An export has both in one object; the database has a column for each.
pub(in crate::scheme) struct KeycloakSecret {
    pub(in crate::scheme) hash: Zeroizing<Vec<u8>>,
    pub(in crate::scheme) salt: Zeroizing<Vec<u8>>,
}

/// How Keycloak made a hash.
#[derive(Clone, Copy)]
pub(in crate::scheme) enum KeycloakCost {
    Pbkdf2 {
        algorithm: Algorithm,
        iterations: u32,
    },
    Argon2 {
        variant: Argon2Variant,
        memory_kib: u32,
        iterations: u32,
        parallelism: u32,
    },
}

/// What a database's value says of its own strength, where another column says the rest: the
/// iterations that Keycloak took before version 24.
pub(in crate::scheme) const KEYCLOAK_ASSUMED: KeycloakCost = KeycloakCost::Pbkdf2 {
    algorithm: Algorithm::Sha256,
    iterations: 27_500,
};

impl KeycloakSecret {
    /// The database's `secret_data`.
    pub(in crate::scheme) fn read(value: &[u8]) -> Option<Self> {
        Self::of(&Fields::json(value)?)
    }

    fn of(fields: &Fields) -> Option<Self> {
        let bytes = |name: &str| CodedBytes::of(fields.text(name)?, Coding::Base64)?.decode();
        let (hash, salt) = (bytes("value")?, bytes("salt")?);
        let good = (16..=128).contains(&hash.len()) && (8..=128).contains(&salt.len());
        good.then_some(Self { hash, salt })
    }
}

impl KeycloakCost {
    /// The database's `credential_data`.
    pub(in crate::scheme) fn read(value: &[u8]) -> Option<Self> {
        Self::of(&Fields::json(value)?)
    }

    fn of(fields: &Fields) -> Option<Self> {
        let iterations = fields.number("hashIterations").filter(|n| *n >= 1)?;
        let algorithm = match fields.text("algorithm")? {
            b"pbkdf2" => Algorithm::Sha1,
            b"pbkdf2-sha256" => Algorithm::Sha256,
            b"pbkdf2-sha512" => Algorithm::Sha512,
            b"argon2" => return Self::argon2(fields, iterations),
            _ => return None,
        };
        Some(Self::Pbkdf2 {
            algorithm,
            iterations,
        })
    }

    fn argon2(fields: &Fields, iterations: u32) -> Option<Self> {
        let parameter = |name: &str| fields.first("additionalParameters", name);
        let text = |name: &str| match parameter(name) {
            Some(Field::Text(text)) => Some(text.as_slice()),
            _ => None,
        };
        let variant = match text("type")? {
            b"id" => Argon2Variant::Id,
            b"i" => Argon2Variant::I,
            b"d" => Argon2Variant::D,
            _ => return None,
        };
        let number = |name: &str| number_of(parameter(name)?);
        let cost = Self::Argon2 {
            variant,
            memory_kib: number("memory")?,
            iterations,
            parallelism: number("parallelism")?,
        };
        (text("version")? == b"1.3").then_some(cost)
    }

    pub(in crate::scheme) fn strength(self) -> Strength {
        match self {
            Self::Pbkdf2 {
                algorithm,
                iterations,
            } => Strength::Pbkdf2 {
                prf: algorithm.prf(),
                iterations,
            },
            Self::Argon2 {
                variant,
                memory_kib,
                iterations,
                parallelism,
            } => Strength::Argon2 {
                variant,
                memory_kib,
                iterations,
                parallelism,
            },
        }
    }
}

/// Both parts of an export's object, where each may be an object or a text that holds one.
pub(in crate::scheme) fn keycloak(value: &[u8]) -> Option<(KeycloakSecret, KeycloakCost)> {
    let fields = Fields::json(value)?;
    let part = |names: [&str; 2]| names.into_iter().find_map(|name| fields.object(name));
    let secret = part(["secretData", "secret_data"])?;
    let made = part(["credentialData", "credential_data"])?;
    Some((KeycloakSecret::of(&secret)?, KeycloakCost::of(&made)?))
}

/// What a record is.
pub(in crate::scheme) enum Record {
    XenForo(XenForo),
    Keycloak(KeycloakCost),
    KeycloakSecret,
}

impl Record {
    /// Reads a value that is such a record.
    pub(in crate::scheme) fn read(value: &[u8]) -> Option<Self> {
        if !(value.starts_with(b"{\"") || value.starts_with(b"a:")) {
            return None;
        }
        if let Some(xenforo) = XenForo::read(value) {
            return Some(Self::XenForo(xenforo));
        }
        if let Some((_, cost)) = keycloak(value) {
            return Some(Self::Keycloak(cost));
        }
        KeycloakSecret::read(value).map(|_| Self::KeycloakSecret)
    }
}
