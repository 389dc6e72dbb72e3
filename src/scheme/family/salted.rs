//! Digests with their salts and parameters, however their strings spell them: Django, Werkzeug, LDAP, Dovecot, ASP.NET, passlib, GRUB and more.
//!
//! `forms` takes the string apart, and what is left is a recipe, a salt and a digest. The text is the digest in lowercase hex. The setting of
//! a scheme with one recipe is the salt as it is; before the salts of others stand the parameters, each with a `$` behind it: `sha256$`
//! (HMAC), `sha256$600000$32$` (PBKDF2: digest, rounds, length), `15$8$1$64$` (scrypt: log2 of N, r, p, length), `sha256$4096$` (SCRAM).

use md5::block_api::compress;
use zeroize::{Zeroize, Zeroizing};

use super::base::{Family, Made};
use super::cut::wide;
use super::windows::lm;
use crate::scheme::expression::{Algorithm, hex};
use crate::scheme::format;
use crate::scheme::format::Recipe;
use crate::scheme::kdf;
use crate::scheme::value::{Context, Needs, Scheme, Taken, VerifyError};

pub(in crate::scheme) static SALTED: Salted = Salted::Fixed;

pub(in crate::scheme) static SALTED_HMAC: Salted = Salted::Hmac;

pub(in crate::scheme) static SALTED_PBKDF2: Salted = Salted::Pbkdf2;

pub(in crate::scheme) static SALTED_SCRYPT: Salted = Salted::Scrypt;

pub(in crate::scheme) static SCRAM: Salted = Salted::Scram;

/// Everything that is a digest, a salt and parameters.
pub(in crate::scheme) enum Salted {
    /// One recipe, known by the scheme.
    Fixed,
    /// HMAC under a digest that the string names.
    Hmac,
    /// PBKDF2.
    Pbkdf2,
    /// scrypt.
    Scrypt,
    /// SCRAM.
    Scram,
}

impl Family for Salted {
    fn take(&self, scheme: Scheme, value: &[u8]) -> Option<Taken> {
        let salted = format::salted(value).filter(|salted| salted.scheme == scheme)?;
        let digest = salted.digest.decode()?;
        let mut setting = head(salted.recipe, digest.len()).into_bytes();
        setting.extend_from_slice(&salted.salt.decode()?);
        Some(Taken {
            strength: salted.recipe.strength(),
            setting,
            text: hex(&digest),
        })
    }

    fn make(&self, scheme: Scheme, setting: &[u8], password: &[u8], context: &Context<'_>) -> Made {
        let (recipe, len, salt) = self
            .read_setting(scheme, setting)
            .ok_or(VerifyError::Parameters)?;
        let digest = match recipe {
            Recipe::PassSalt(algorithm) => digest_of(algorithm, password, salt),
            Recipe::SaltPass(algorithm) => digest_of(algorithm, salt, password),
            // Werkzeug's digest without a salt is no HMAC at all.
            Recipe::Hmac(algorithm) if salt.is_empty() && scheme == Scheme::WERKZEUG_HMAC => {
                algorithm.digest(password)
            }
            Recipe::Hmac(algorithm) => algorithm.hmac(salt, password),
            Recipe::Pbkdf2 {
                algorithm,
                iterations,
            } => kdf::pbkdf2(algorithm, password, salt, iterations, len)?,
            Recipe::Scrypt { log_n, r, p } => kdf::scrypt(password, salt, (log_n, r, p), len)?,
            Recipe::Scram {
                algorithm,
                iterations,
            } => {
                let salted = kdf::pbkdf2(algorithm, password, salt, iterations, algorithm.len())?;
                algorithm.digest(&algorithm.hmac(&salted, b"Client Key"))
            }
            Recipe::CramMd5 => cram_md5(password),
            Recipe::DigestMd5 => digest_md5(scheme, password, context)?,
            Recipe::Ntlm => match wide(password) {
                Some(password) => Algorithm::Md4.digest(&password),
                None => return Ok(None),
            },
            Recipe::Lanman => Zeroizing::new(lm(password).to_vec()),
        };
        Ok(Some(hex(&digest)))
    }

    fn twin(&self, scheme: Scheme, setting: &[u8]) -> Option<(Scheme, Vec<u8>)> {
        let with = |name: &[u8]| [name, setting].concat();
        let without = |name: &[u8]| setting.strip_prefix(name).map(<[u8]>::to_vec);
        match scheme {
            Scheme::DJANGO_MD5 => Some((Scheme::WERKZEUG_HMAC, with(b"md5$"))),
            Scheme::DJANGO_SHA1 => Some((Scheme::WERKZEUG_HMAC, with(b"sha1$"))),
            Scheme::WERKZEUG_HMAC => match without(b"md5$") {
                Some(salt) => Some((Scheme::DJANGO_MD5, salt)),
                None => Some((Scheme::DJANGO_SHA1, without(b"sha1$")?)),
            },
            _ => None,
        }
    }

    fn needs(&self, scheme: Scheme) -> Needs {
        Needs {
            username: scheme == Scheme::DOVECOT_DIGEST_MD5,
            ..Needs::default()
        }
    }
}

impl Salted {
    /// The recipe, the length of its digest, and the salt.
    fn read_setting<'s>(
        &self,
        scheme: Scheme,
        setting: &'s [u8],
    ) -> Option<(Recipe, usize, &'s [u8])> {
        let mut rest = setting;
        let mut field = || {
            let at = rest.iter().position(|byte| *byte == b'$')?;
            let (field, tail) = rest.split_at_checked(at)?;
            rest = tail.get(1..)?;
            Some(field)
        };
        let number = |field: &[u8]| std::str::from_utf8(field).ok()?.parse::<u32>().ok();
        let (recipe, len) = match self {
            Self::Fixed => (Recipe::of(scheme)?, 0),
            Self::Hmac => (Recipe::Hmac(Algorithm::by_name(field()?)?), 0),
            Self::Pbkdf2 => {
                let algorithm = Algorithm::by_name(field()?)?;
                let iterations = number(field()?)?;
                let recipe = Recipe::Pbkdf2 {
                    algorithm,
                    iterations,
                };
                (recipe, number(field()?)?)
            }
            Self::Scrypt => {
                let (log_n, r, p) = (number(field()?)?, number(field()?)?, number(field()?)?);
                (Recipe::Scrypt { log_n, r, p }, number(field()?)?)
            }
            Self::Scram => {
                let algorithm = Algorithm::by_name(field()?)?;
                let iterations = number(field()?)?;
                let recipe = Recipe::Scram {
                    algorithm,
                    iterations,
                };
                (recipe, 0)
            }
        };
        Some((recipe, usize::try_from(len).ok()?, rest))
    }
}

/// What stands before the salt in a setting.
fn head(recipe: Recipe, len: usize) -> String {
    match recipe {
        Recipe::PassSalt(_)
        | Recipe::SaltPass(_)
        | Recipe::CramMd5
        | Recipe::DigestMd5
        | Recipe::Ntlm
        | Recipe::Lanman => String::new(),
        Recipe::Hmac(algorithm) => format!("{}$", algorithm.name()),
        Recipe::Pbkdf2 {
            algorithm,
            iterations,
        } => format!("{}${iterations}${len}$", algorithm.name()),
        Recipe::Scrypt { log_n, r, p } => format!("{log_n}${r}${p}${len}$"),
        Recipe::Scram {
            algorithm,
            iterations,
        } => format!("{}${iterations}$", algorithm.name()),
    }
}

fn digest_of(algorithm: Algorithm, first: &[u8], second: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut text = Zeroizing::new(Vec::with_capacity(first.len() + second.len()));
    text.extend_from_slice(first);
    text.extend_from_slice(second);
    algorithm.digest(&text)
}

/// The states of MD5 after the block of each key of HMAC-MD5, the outer one first, each as MD5 writes its numbers: all that a server needs for
/// CRAM-MD5 (hmac_md5_get_cram_context in src/lib/hmac-cram-md5.c of dovecot/core).
fn cram_md5(password: &[u8]) -> Zeroizing<Vec<u8>> {
    // The state that MD5 begins with (RFC 1321, 3.3).
    const BEGIN: [u32; 4] = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476];
    const BLOCK: usize = 64;
    let mut key = if password.len() > BLOCK {
        Algorithm::Md5.digest(password)
    } else {
        Zeroizing::new(password.to_vec())
    };
    key.resize(BLOCK, 0);
    let mut states = Zeroizing::new(Vec::with_capacity(32));
    for pad in [0x5c, 0x36] {
        let mut block = [0_u8; BLOCK];
        for (byte, key) in block.iter_mut().zip(key.iter()) {
            *byte = key ^ pad;
        }
        let mut state = BEGIN;
        compress(&mut state, &[block]);
        for number in state {
            states.extend_from_slice(&number.to_le_bytes());
        }
        block.zeroize();
        state.zeroize();
    }
    states
}

/// The digest of `user:realm:password` (RFC 2831): the realm is what stands behind the name's first `@`, or nothing (digest_md5_generate in
/// src/auth/password-scheme.c of dovecot/core).
fn digest_md5(
    scheme: Scheme,
    password: &[u8],
    context: &Context<'_>,
) -> Result<Zeroizing<Vec<u8>>, VerifyError> {
    let name = context.username.ok_or(VerifyError::Missing {
        scheme,
        what: "username",
    })?;
    let (user, realm) = name.split_once('@').unwrap_or((name, ""));
    let front = format!("{user}:{realm}:");
    Ok(digest_of(Algorithm::Md5, front.as_bytes(), password))
}
