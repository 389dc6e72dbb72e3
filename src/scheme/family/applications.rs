//! Forums, shops, content managers: strings of their own around a formula.
//!
//! Where a digest is bare hex with its salt in a column, the registry says it by an expression.

use super::base::MadeText;
use super::cut::{Cut, FormulaInput, hex_text, join, unbase64, unhex, wide};
use crate::scheme::expression::{Algorithm, hex};
use crate::scheme::format::applications::{self, MagentoVersion, magento2_setting};
use crate::scheme::kdf::{self, Argon2Cost, Pbkdf2Cost};
use crate::scheme::value::{Needs, VerifyError};

/// AuthMe for Minecraft (security/crypts/Sha256.java of AuthMe/AuthMeReloaded): `$SHA$salt$` and
/// SHA-256 of the SHA-256 in hex and the salt.
pub(in crate::scheme) static AUTHME: Cut = Cut {
    cut: applications::authme,
    make: |asked| {
        let inner = hex(&Algorithm::Sha256.digest(asked.password));
        hex_text(&Algorithm::Sha256.digest(&join(&[inner.as_bytes(), asked.setting])))
    },
    needs: Needs::NONE,
};

/// vBulletin's formula with the salt in hex, as PHPS and the cracking tools write it.
pub(in crate::scheme) static PHPS: Cut = Cut {
    cut: applications::phps,
    make: |asked| {
        let inner = hex(&Algorithm::Md5.digest(asked.password));
        hex_text(&Algorithm::Md5.digest(&join(&[inner.as_bytes(), &unhex(asked.setting)?])))
    },
    needs: Needs::NONE,
};

/// hMailServer (hashcat's m01421.pm): six characters of salt and SHA-256 of salt and password.
pub(in crate::scheme) static HMAILSERVER: Cut = Cut {
    cut: applications::hmailserver,
    make: |asked| hex_text(&Algorithm::Sha256.digest(&join(&[asked.setting, asked.password]))),
    needs: Needs::NONE,
};

/// Episerver's `$episerver$*0*` (SHA-1) and `*1*` (SHA-256) of salt and password in UTF-16LE
/// (hashcat's m00141.pm, m01441.pm).
pub(in crate::scheme) static EPISERVER_SHA1: Cut = Cut {
    cut: applications::episerver_sha1,
    make: |asked| episerver_digest(Algorithm::Sha1, asked),
    needs: Needs::NONE,
};

pub(in crate::scheme) static EPISERVER_SHA256: Cut = Cut {
    cut: applications::episerver_sha256,
    make: |asked| episerver_digest(Algorithm::Sha256, asked),
    needs: Needs::NONE,
};

/// Magento 2 (Framework/Encryption/Encryptor.php of magento/magento2): the digest, the salt, and
/// every version that was laid over it.
pub(in crate::scheme) static MAGENTO2: Cut = Cut {
    cut: applications::magento2,
    make: magento2_digest,
    needs: Needs::NONE,
};

/// Symfony's Pbkdf2PasswordHasher as it is set by default: 1,000 rounds, forty bytes in base64, the
/// salt in its own column.
pub(in crate::scheme) static SYMFONY_PBKDF2: Cut = Cut {
    cut: applications::symfony_pbkdf2,
    make: |asked| {
        let salt = asked.salt()?;
        hex_text(&kdf::pbkdf2(
            asked.password,
            salt,
            Pbkdf2Cost {
                algorithm: Algorithm::Sha512,
                iterations: 1_000,
                len: 40,
            },
        )?)
    },
    needs: Needs {
        salt: true,
        ..Needs::NONE
    },
};

fn episerver_digest(algorithm: Algorithm, asked: &FormulaInput<'_>) -> MadeText {
    let Some(password) = wide(asked.password) else {
        return Ok(None);
    };
    hex_text(&algorithm.digest(&join(&[&unbase64(asked.setting)?, &password])))
}

/// libsodium's Argon2 takes a salt of that many bytes and no other.
const SODIUM_SALT_BYTES: usize = 16;

/// The first version is over the password, every other over the digest before it, in hex.
fn magento2_digest(asked: &FormulaInput<'_>) -> MadeText {
    let (salt, versions) = magento2_setting(asked.setting).ok_or(VerifyError::Parameters)?;
    let mut text = None;
    for version in versions {
        let input = text
            .as_deref()
            .map_or(asked.password, |text: &String| text.as_bytes());
        let digest = match MagentoVersion::read(version).ok_or(VerifyError::Parameters)? {
            MagentoVersion::Md5 => Algorithm::Md5.digest(&join(&[salt, input])),
            MagentoVersion::Sha256 => Algorithm::Sha256.digest(&join(&[salt, input])),
            MagentoVersion::Argon2 {
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
                let cost = Argon2Cost::argon2id(memory_kib, passes, 1);
                cost.hash_within(input, &salt, len as usize)?
            }
        };
        text = Some(hex(&digest));
    }
    Ok(text)
}
