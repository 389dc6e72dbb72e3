//! Forums, shops, content managers: strings of their own round a formula.
//!
//! Where an application's digest is bare hex with its salt in a column, an expression in the table says it.

use super::base::Made;
use super::cut::{Asked, Cut, Encoded, Pieces, fast_hex, joined, made, unbase64, unhex, wide};
use crate::scheme::expression::{Algorithm, hex};
use crate::scheme::format::{Reader, number};
use crate::scheme::kdf;
use crate::scheme::value::{Argon2Variant, Needs, Prf, Strength, VerifyError};
use crate::text;

/// AuthMe for Minecraft (security/crypts/Sha256.java of AuthMe/AuthMeReloaded): `$SHA$salt$` and SHA-256 of the SHA-256 in hex and the salt.
pub(in crate::scheme) static AUTHME: Cut = Cut {
    cut: |value| salt_and_hex(value.strip_prefix(b"$SHA$")?, b'$', 32),
    make: |asked| {
        let inner = hex(&Algorithm::Sha256.digest(asked.password));
        made(&Algorithm::Sha256.digest(&joined(&[inner.as_bytes(), asked.setting])))
    },
    needs: Needs::NONE,
};

/// vBulletin's formula with the salt in hex, as PHPS and the cracking tools write it.
pub(in crate::scheme) static PHPS: Cut = Cut {
    cut: |value| {
        let pieces = salt_and_hex(value.strip_prefix(b"$PHPS$")?, b'$', 16)?;
        text::is_hex(pieces.setting).then_some(pieces)
    },
    make: |asked| {
        let inner = hex(&Algorithm::Md5.digest(asked.password));
        made(&Algorithm::Md5.digest(&joined(&[inner.as_bytes(), &unhex(asked.setting)?])))
    },
    needs: Needs::NONE,
};

/// hMailServer (hashcat's m01421.pm): six characters of salt and SHA-256 of salt and password.
pub(in crate::scheme) static HMAILSERVER: Cut = Cut {
    cut: |value| hex_after(value, 6, 32),
    make: |asked| made(&Algorithm::Sha256.digest(&joined(&[asked.setting, asked.password]))),
    needs: Needs::NONE,
};

/// Episerver's `$episerver$*0*` (SHA-1) and `*1*` (SHA-256) of salt and password in UTF-16LE (hashcat's m00141.pm, m01441.pm).
pub(in crate::scheme) static EPISERVER_SHA1: Cut = Cut {
    cut: |value| episerver(value.strip_prefix(b"$episerver$*0*")?, 20),
    make: |asked| episerver_digest(Algorithm::Sha1, asked),
    needs: Needs::NONE,
};

pub(in crate::scheme) static EPISERVER_SHA256: Cut = Cut {
    cut: |value| episerver(value.strip_prefix(b"$episerver$*1*")?, 32),
    make: |asked| episerver_digest(Algorithm::Sha256, asked),
    needs: Needs::NONE,
};

/// Magento 2 (Framework/Encryption/Encryptor.php of magento/magento2): the digest, the salt, and every version that was laid over it.
pub(in crate::scheme) static MAGENTO2: Cut = Cut {
    cut: magento2,
    make: magento2_digest,
    needs: Needs::NONE,
};

/// Symfony's Pbkdf2PasswordHasher as it is set by default: 1,000 rounds, forty bytes in base64, the salt in its own column.
pub(in crate::scheme) static SYMFONY_PBKDF2: Cut = Cut {
    cut: |value| {
        Pieces {
            strength: Strength::Pbkdf2 {
                prf: Prf::Sha512,
                iterations: 1_000,
            },
            setting: &[],
            digest: Encoded::Base64(value),
        }
        .of_len(40)
    },
    make: |asked| {
        let salt = asked.salt()?;
        made(&kdf::pbkdf2(
            Algorithm::Sha512,
            asked.password,
            salt,
            1_000,
            40,
        )?)
    },
    needs: Needs {
        salt: true,
        ..Needs::NONE
    },
};

/// Salts have at most that many bytes, wherever nothing else is said.
const SALT_BYTES_MAX: usize = 128;

/// `salt`, a separator, and a digest in hex of that many bytes.
pub(in crate::scheme) fn salt_and_hex(
    rest: &[u8],
    separator: u8,
    bytes: usize,
) -> Option<Pieces<'_>> {
    let at = rest.len().checked_sub(2 * bytes + 1)?;
    let (salt, digest) = rest.split_at_checked(at)?;
    let digest = digest.strip_prefix(&[separator])?;
    let good = salt.len() <= SALT_BYTES_MAX && !salt.iter().any(u8::is_ascii_control);
    good.then(|| fast_hex(salt, digest).of_len(bytes))?
}

/// So many hex digits of salt, then a digest in hex of that many bytes.
pub(in crate::scheme) fn hex_after(
    value: &[u8],
    salt_digits: usize,
    bytes: usize,
) -> Option<Pieces<'_>> {
    if value.len() != salt_digits + 2 * bytes {
        return None;
    }
    let (salt, digest) = value.split_at_checked(salt_digits)?;
    text::is_hex(salt).then(|| fast_hex(salt, digest).of_len(bytes))?
}

fn episerver(rest: &[u8], bytes: usize) -> Option<Pieces<'_>> {
    let mut text = Reader(rest);
    let salt = text.until(b'*')?;
    let salt_len = Encoded::Base64(salt).len()?;
    let pieces = Pieces {
        strength: Strength::Fast,
        setting: salt,
        digest: Encoded::Base64(text.0),
    };
    (1..=SALT_BYTES_MAX)
        .contains(&salt_len)
        .then(|| pieces.of_len(bytes))?
}

fn episerver_digest(algorithm: Algorithm, asked: &Asked<'_>) -> Made {
    let Some(password) = wide(asked.password) else {
        return Ok(None);
    };
    made(&algorithm.digest(&joined(&[&unbase64(asked.setting)?, &password])))
}

/// Four times an older hash was laid under a newer one, at the most: there have been four versions.
const MAGENTO2_VERSIONS_MAX: usize = 4;

/// What libsodium's interactive limits are, which version 2 takes: two passes over 64 MiB.
const MAGENTO2_MEMORY_KIB: u32 = 64 << 10;

const MAGENTO2_PASSES: u32 = 2;

/// libsodium's Argon2 takes a salt of that many bytes and no other.
const SODIUM_SALT_BYTES: usize = 16;

/// One version of Magento's.
enum Version {
    Md5,
    Sha256,
    Argon2 {
        len: u32,
        passes: u32,
        memory_kib: u32,
    },
}

impl Version {
    fn read(text: &[u8]) -> Option<Self> {
        let mut text = Reader(text);
        match text.0 {
            b"0" => Some(Self::Md5),
            b"1" => Some(Self::Sha256),
            b"2" => Some(Self::Argon2 {
                len: 32,
                passes: MAGENTO2_PASSES,
                memory_kib: MAGENTO2_MEMORY_KIB,
            }),
            _ => {
                text.literal(b"3_")?;
                let (len, passes) = (text.number(b'_')?, text.number(b'_')?);
                let memory_kib = number(text.0)? / 1024;
                ((16..=128).contains(&len) && memory_kib >= 8).then_some(Self::Argon2 {
                    len,
                    passes,
                    memory_kib,
                })
            }
        }
    }

    fn strength(&self) -> Strength {
        match *self {
            Self::Md5 | Self::Sha256 => Strength::Fast,
            Self::Argon2 {
                passes, memory_kib, ..
            } => Strength::Argon2 {
                variant: Argon2Variant::Id,
                memory_kib,
                iterations: passes,
                parallelism: 1,
            },
        }
    }

    fn bytes(&self) -> usize {
        match self {
            Self::Md5 => 16,
            Self::Sha256 => 32,
            Self::Argon2 { len, .. } => *len as usize,
        }
    }
}

/// A salt, and the versions behind it.
fn magento2_setting(setting: &[u8]) -> Option<(&[u8], impl Iterator<Item = &[u8]>)> {
    let colon = setting.iter().position(|byte| *byte == b':')?;
    let (salt, versions) = setting.split_at_checked(colon)?;
    let versions = versions.get(1..)?.split(|byte| *byte == b':');
    (versions.clone().count() <= MAGENTO2_VERSIONS_MAX).then_some((salt, versions))
}

fn magento2(value: &[u8]) -> Option<Pieces<'_>> {
    let colon = value.iter().take(257).position(|byte| *byte == b':')?;
    let (digest, setting) = value.split_at_checked(colon)?;
    let setting = setting.get(1..)?;
    let (salt, versions) = magento2_setting(setting)?;
    if salt.len() > SALT_BYTES_MAX || salt.iter().any(u8::is_ascii_control) {
        return None;
    }
    let (mut last, mut strength) = (None, Strength::Fast);
    for version in versions {
        let version = Version::read(version)?;
        if strength.weaker_than(&version.strength()) {
            strength = version.strength();
        }
        last = Some(version);
    }
    let pieces = Pieces {
        strength,
        ..fast_hex(setting, digest)
    };
    pieces.of_len(last?.bytes())
}

/// The first version is over the password, every other over the digest before it, in hex.
fn magento2_digest(asked: &Asked<'_>) -> Made {
    let (salt, versions) = magento2_setting(asked.setting).ok_or(VerifyError::Parameters)?;
    let mut text = None;
    for version in versions {
        let input = text
            .as_deref()
            .map_or(asked.password, |text: &String| text.as_bytes());
        let digest = match Version::read(version).ok_or(VerifyError::Parameters)? {
            Version::Md5 => Algorithm::Md5.digest(&joined(&[salt, input])),
            Version::Sha256 => Algorithm::Sha256.digest(&joined(&[salt, input])),
            Version::Argon2 {
                len,
                passes,
                memory_kib,
            } => {
                // A shorter one, brought over from Magento 1, is repeated.
                let salt: Vec<u8> = salt
                    .iter()
                    .copied()
                    .cycle()
                    .take(SODIUM_SALT_BYTES)
                    .collect();
                kdf::argon2id(input, &salt, memory_kib, passes, len as usize)?
            }
        };
        text = Some(hex(&digest));
    }
    Ok(text)
}
