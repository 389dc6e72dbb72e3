//! Digests with salts and parameters, of every spelling: Django, Werkzeug, LDAP, Dovecot, ASP.NET,
//! passlib, GRUB and more.
//!
//! `format` takes the string apart: what is left is a recipe, a salt and a digest. The text is the
//! digest in lowercase hex.
//!
//! The setting of a scheme with one recipe is the salt as it is. Of the others it is the
//! parameters, each with a `$` behind it, and then the salt. HMAC: `sha256$`. PBKDF2: digest,
//! rounds, length, as in `sha256$600000$32$`. scrypt: log2 of N, r, p, length, as in `15$8$1$64$`.
//! SCRAM: `sha256$4096$`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use md5::block_api::compress;
use zeroize::{Zeroize, Zeroizing};

use super::base::{Family, MadeText};
use super::cut::wide;
use super::windows::{lm, lm_tells_all};
use crate::scheme::expression::{Algorithm, hex};
use crate::scheme::format;
use crate::scheme::format::{BASE64, Recipe};
use crate::scheme::kdf::{self, Pbkdf2Cost};
use crate::scheme::value::{Context, Needs, Scheme, Taken, VerifyError};

/// Everything that is a digest, a salt and parameters.
pub(in crate::scheme) struct SaltedFamily {
    setting: SettingHead,
    twins: &'static [Twin],
}

/// What stands before the salt in a setting.
enum SettingHead {
    /// Nothing: the row has one recipe.
    Nothing(Recipe),
    /// The digest of an HMAC.
    Hmac,
    /// The digest of an HMAC. A value without a salt is the bare digest of the password.
    HmacOrDigest,
    /// The parameters of PBKDF2.
    Pbkdf2,
    /// The parameters of scrypt.
    Scrypt,
    /// The parameters of SCRAM.
    Scram,
}

/// Another scheme whose strings look the same.
struct Twin {
    scheme: Scheme,
    change: SettingChange,
}

/// How a setting becomes that of the twin.
enum SettingChange {
    /// By that text before it.
    Add(&'static [u8]),
    /// Without that text before it.
    Remove(&'static [u8]),
    /// With the salt's bytes in place of its base64.
    Unbase64Salt,
    /// With the salt in base64.
    Base64Salt,
}

macro_rules! salted {
    ($($name:ident: $head:expr;)*) => {
        $(pub(in crate::scheme) static $name: SaltedFamily = SaltedFamily {
            setting: $head,
            twins: &[],
        };)*
    };
}

salted! {
    MD4: SettingHead::Nothing(Recipe::PassSalt(Algorithm::Md4));
    MD5: SettingHead::Nothing(Recipe::PassSalt(Algorithm::Md5));
    SHA1: SettingHead::Nothing(Recipe::PassSalt(Algorithm::Sha1));
    SHA256: SettingHead::Nothing(Recipe::PassSalt(Algorithm::Sha256));
    SHA384: SettingHead::Nothing(Recipe::PassSalt(Algorithm::Sha384));
    SHA512: SettingHead::Nothing(Recipe::PassSalt(Algorithm::Sha512));
    SALT_SHA1: SettingHead::Nothing(Recipe::SaltPass(Algorithm::Sha1));
    CRAM_MD5: SettingHead::Nothing(Recipe::CramMd5);
    DIGEST_MD5: SettingHead::Nothing(Recipe::DigestMd5);
    NTLM: SettingHead::Nothing(Recipe::Ntlm);
    LANMAN: SettingHead::Nothing(Recipe::Lanman);
    HMAC: SettingHead::Hmac;
    PBKDF2: SettingHead::Pbkdf2;
    SCRYPT: SettingHead::Scrypt;
    SCRAM: SettingHead::Scram;
}

/// Django's digests and Werkzeug's HMACs look the same.
pub(in crate::scheme) static DJANGO_MD5: SaltedFamily = SaltedFamily {
    setting: SettingHead::Nothing(Recipe::SaltPass(Algorithm::Md5)),
    twins: &[Twin {
        scheme: Scheme::WERKZEUG_HMAC,
        change: SettingChange::Add(b"md5$"),
    }],
};

pub(in crate::scheme) static DJANGO_SHA1: SaltedFamily = SaltedFamily {
    setting: SettingHead::Nothing(Recipe::SaltPass(Algorithm::Sha1)),
    twins: &[Twin {
        scheme: Scheme::WERKZEUG_HMAC,
        change: SettingChange::Add(b"sha1$"),
    }],
};

pub(in crate::scheme) static WERKZEUG_HMAC: SaltedFamily = SaltedFamily {
    setting: SettingHead::HmacOrDigest,
    twins: &[
        Twin {
            scheme: Scheme::DJANGO_MD5,
            change: SettingChange::Remove(b"md5$"),
        },
        Twin {
            scheme: Scheme::DJANGO_SHA1,
            change: SettingChange::Remove(b"sha1$"),
        },
    ],
};

/// `sha256:1000:<salt>:<hash>`, whose salt is either its digits or its bytes.
pub(in crate::scheme) static DEFUSE_PBKDF2: SaltedFamily = SaltedFamily {
    setting: SettingHead::Pbkdf2,
    twins: &[Twin {
        scheme: Scheme::COLON_PBKDF2,
        change: SettingChange::Unbase64Salt,
    }],
};

pub(in crate::scheme) static COLON_PBKDF2: SaltedFamily = SaltedFamily {
    setting: SettingHead::Pbkdf2,
    twins: &[Twin {
        scheme: Scheme::DEFUSE_PBKDF2,
        change: SettingChange::Base64Salt,
    }],
};

impl Family for SaltedFamily {
    fn take(&self, scheme: Scheme, value: &[u8]) -> Option<Taken> {
        let plain = format::undotted(value);
        let value = plain.as_deref().map_or(value, Vec::as_slice);
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

    fn make(
        &self,
        scheme: Scheme,
        setting: &[u8],
        password: &[u8],
        context: &Context<'_>,
    ) -> MadeText {
        let (recipe, len, salt) = self.read_setting(setting).ok_or(VerifyError::Parameters)?;
        let digest = match recipe {
            Recipe::PassSalt(algorithm) => digest_of(algorithm, password, salt),
            Recipe::SaltPass(algorithm) => digest_of(algorithm, salt, password),
            Recipe::Hmac(algorithm)
                if salt.is_empty() && matches!(self.setting, SettingHead::HmacOrDigest) =>
            {
                algorithm.digest(password)
            }
            Recipe::Hmac(algorithm) => algorithm.hmac(salt, password),
            Recipe::Pbkdf2 {
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
            Recipe::Scrypt { log_n, r, p } => kdf::scrypt(password, salt, (log_n, r, p), len)?,
            Recipe::Scram {
                algorithm,
                iterations,
            } => {
                let salted = kdf::pbkdf2(
                    password,
                    salt,
                    Pbkdf2Cost {
                        algorithm,
                        iterations,
                        len: algorithm.len(),
                    },
                )?;
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

    fn tells_all(&self, _: Scheme, setting: &[u8], password: &[u8], _: &Context<'_>) -> bool {
        let Some((recipe, ..)) = self.read_setting(setting) else {
            return false;
        };
        match recipe {
            // The password goes in as it is.
            Recipe::PassSalt(_)
            | Recipe::SaltPass(_)
            | Recipe::Hmac(_)
            | Recipe::DigestMd5
            | Recipe::Ntlm => true,
            // It is the key of an HMAC.
            Recipe::Pbkdf2 { .. }
            | Recipe::Scrypt { .. }
            | Recipe::Scram { .. }
            | Recipe::CramMd5 => !password.contains(&0),
            Recipe::Lanman => lm_tells_all(password),
        }
    }

    fn is_twin_of(&self, other: Scheme) -> bool {
        self.twins.iter().any(|twin| twin.scheme == other)
    }

    fn has_twins(&self) -> bool {
        !self.twins.is_empty()
    }

    fn twin(&self, _: Scheme, setting: &[u8]) -> Option<(Scheme, Vec<u8>)> {
        self.twins.iter().find_map(|twin| {
            let setting = match twin.change {
                SettingChange::Add(front) => [front, setting].concat(),
                SettingChange::Remove(front) => setting.strip_prefix(front)?.to_vec(),
                SettingChange::Unbase64Salt => {
                    let (head, salt) = self.split_salt(setting)?;
                    [head, &BASE64.decode(salt).ok()?].concat()
                }
                SettingChange::Base64Salt => {
                    let (head, salt) = self.split_salt(setting)?;
                    [head, STANDARD.encode(salt).as_bytes()].concat()
                }
            };
            Some((twin.scheme, setting))
        })
    }

    fn needs(&self, _: Scheme) -> Needs {
        Needs {
            username: matches!(self.setting, SettingHead::Nothing(Recipe::DigestMd5)),
            ..Needs::default()
        }
    }
}

impl SaltedFamily {
    /// What stands before the salt, and the salt.
    fn split_salt<'s>(&self, setting: &'s [u8]) -> Option<(&'s [u8], &'s [u8])> {
        let (_, _, salt) = self.read_setting(setting)?;
        setting.split_at_checked(setting.len() - salt.len())
    }

    /// The recipe, the length of its digest, and the salt.
    fn read_setting<'s>(&self, setting: &'s [u8]) -> Option<(Recipe, usize, &'s [u8])> {
        let mut rest = setting;
        let mut field = || {
            let at = rest.iter().position(|byte| *byte == b'$')?;
            let (field, tail) = rest.split_at_checked(at)?;
            rest = tail.get(1..)?;
            Some(field)
        };
        let number = |field: &[u8]| std::str::from_utf8(field).ok()?.parse::<u32>().ok();
        let (recipe, len) = match self.setting {
            SettingHead::Nothing(recipe) => (recipe, 0),
            SettingHead::Hmac | SettingHead::HmacOrDigest => {
                (Recipe::Hmac(Algorithm::by_name(field()?)?), 0)
            }
            SettingHead::Pbkdf2 => {
                let algorithm = Algorithm::by_name(field()?)?;
                let iterations = number(field()?)?;
                let recipe = Recipe::Pbkdf2 {
                    algorithm,
                    iterations,
                };
                (recipe, number(field()?)?)
            }
            SettingHead::Scrypt => {
                let (log_n, r, p) = (number(field()?)?, number(field()?)?, number(field()?)?);
                (Recipe::Scrypt { log_n, r, p }, number(field()?)?)
            }
            SettingHead::Scram => {
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

/// The states of MD5 after the block of each key of HMAC-MD5, the outer one first. Each state is
/// spelt as MD5 writes its numbers.
///
/// A server needs nothing else for CRAM-MD5 (hmac_md5_get_cram_context in src/lib/hmac-cram-md5.c
/// of dovecot/core).
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

/// The digest of `user:realm:password` (RFC 2831). The realm is what stands behind the first `@` of
/// the name, or nothing (digest_md5_generate in src/auth/password-scheme.c of dovecot/core).
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
