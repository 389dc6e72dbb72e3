//! How Argon2's own strings are spelt.

use super::cursor::{Cursor, all, is_base64};
use crate::scheme::value::{Argon2Variant, Strength};

/// The pieces of an Argon2 string that a verification needs.
#[derive(Clone, Copy)]
pub(in crate::scheme) struct Argon2Form<'v> {
    pub(in crate::scheme) variant: Argon2Variant,
    pub(in crate::scheme) version: u32,
    pub(in crate::scheme) memory_kib: u32,
    pub(in crate::scheme) iterations: u32,
    pub(in crate::scheme) parallelism: u32,
    pub(in crate::scheme) salt: &'v [u8],
    pub(in crate::scheme) hash: &'v [u8],
}

impl<'v> Argon2Form<'v> {
    /// Reads what stands behind `$argon2…$`.
    pub(in crate::scheme) fn read(id: &[u8], rest: &'v [u8]) -> Option<Self> {
        let variant = match id {
            b"argon2id" => Argon2Variant::Id,
            b"argon2i" => Argon2Variant::I,
            b"argon2d" => Argon2Variant::D,
            _ => return None,
        };
        let mut text = Cursor(rest);
        // Strings from before 2016 name no version and mean 16.
        let version = if text.literal(b"v=").is_some() {
            text.number(b'$')?
        } else {
            16
        };
        text.literal(b"m=")?;
        let memory_kib = text.number(b',')?;
        text.literal(b"t=")?;
        let iterations = text.number(b',')?;
        text.literal(b"p=")?;
        let parallelism = text.number(b'$')?;
        let (salt, hash) = (text.until(b'$')?, text.0);
        let good = matches!(version, 16 | 19)
            && iterations >= 1
            && parallelism >= 1
            && memory_kib / 8 >= parallelism
            && (11..=128).contains(&salt.len())
            && (6..=256).contains(&hash.len())
            && all(salt, is_base64)
            && all(hash, is_base64);
        good.then_some(Self {
            variant,
            version,
            memory_kib,
            iterations,
            parallelism,
            salt,
            hash,
        })
    }

    pub(in crate::scheme) fn strength(&self) -> Strength {
        let Self {
            variant,
            memory_kib,
            iterations,
            parallelism,
            ..
        } = *self;
        Strength::Argon2 {
            variant,
            memory_kib,
            iterations,
            parallelism,
        }
    }
}
