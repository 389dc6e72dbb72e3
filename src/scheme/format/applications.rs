//! How forums, shops and content managers spell their strings.

use super::cursor::{Cursor, number};
use super::pieces::{Encoded, Pieces, SALT_BYTES_MAX, fast_hex, hex_after, salt_and_hex};
use crate::scheme::value::{Argon2Variant, Prf, Strength};
use crate::text;

pub(in crate::scheme) fn authme(value: &[u8]) -> Option<Pieces<'_>> {
    salt_and_hex(value.strip_prefix(b"$SHA$")?, b'$', 32)
}

pub(in crate::scheme) fn phps(value: &[u8]) -> Option<Pieces<'_>> {
    let pieces = salt_and_hex(value.strip_prefix(b"$PHPS$")?, b'$', 16)?;
    text::is_hex(pieces.setting).then_some(pieces)
}

pub(in crate::scheme) fn hmailserver(value: &[u8]) -> Option<Pieces<'_>> {
    hex_after(value, 6, 32)
}

pub(in crate::scheme) fn episerver_sha1(value: &[u8]) -> Option<Pieces<'_>> {
    episerver(value.strip_prefix(b"$episerver$*0*")?, 20)
}

pub(in crate::scheme) fn episerver_sha256(value: &[u8]) -> Option<Pieces<'_>> {
    episerver(value.strip_prefix(b"$episerver$*1*")?, 32)
}

pub(in crate::scheme) fn symfony_pbkdf2(value: &[u8]) -> Option<Pieces<'_>> {
    Pieces {
        strength: Strength::Pbkdf2 {
            prf: Prf::Sha512,
            iterations: 1_000,
        },
        setting: &[],
        digest: Encoded::Base64(value),
    }
    .of_len(40)
}

pub(in crate::scheme) fn episerver(rest: &[u8], bytes: usize) -> Option<Pieces<'_>> {
    let mut text = Cursor(rest);
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

/// Four times an older hash was laid under a newer one, at the most: there have been four versions.
pub(in crate::scheme) const MAGENTO2_VERSIONS_MAX: usize = 4;

/// What libsodium's interactive limits are, which version 2 takes: two passes over 64 MiB.
pub(in crate::scheme) const MAGENTO2_MEMORY_KIB: u32 = 64 << 10;

pub(in crate::scheme) const MAGENTO2_PASSES: u32 = 2;

/// One version of Magento's.
pub(in crate::scheme) enum MagentoVersion {
    Md5,
    Sha256,
    Argon2 {
        len: u32,
        passes: u32,
        memory_kib: u32,
    },
}

impl MagentoVersion {
    pub(in crate::scheme) fn read(text: &[u8]) -> Option<Self> {
        let mut text = Cursor(text);
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

    pub(in crate::scheme) fn strength(&self) -> Strength {
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
pub(in crate::scheme) fn magento2_setting(
    setting: &[u8],
) -> Option<(&[u8], impl Iterator<Item = &[u8]>)> {
    let colon = setting.iter().position(|byte| *byte == b':')?;
    let (salt, versions) = setting.split_at_checked(colon)?;
    let versions = versions.get(1..)?.split(|byte| *byte == b':');
    (versions.clone().count() <= MAGENTO2_VERSIONS_MAX).then_some((salt, versions))
}

pub(in crate::scheme) fn magento2(value: &[u8]) -> Option<Pieces<'_>> {
    let colon = value.iter().take(257).position(|byte| *byte == b':')?;
    let (digest, setting) = value.split_at_checked(colon)?;
    let setting = setting.get(1..)?;
    let (salt, versions) = magento2_setting(setting)?;
    if salt.len() > SALT_BYTES_MAX || salt.iter().any(u8::is_ascii_control) {
        return None;
    }
    let (mut last, mut strength) = (None, Strength::Fast);
    for version in versions {
        let version = MagentoVersion::read(version)?;
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
