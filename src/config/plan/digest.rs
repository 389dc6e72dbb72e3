//! The digest of a plan.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

use super::canonical::canonical;
use crate::config::settings::Settings;

/// The digest of a plan: 64 hex digits.
pub fn plan_digest(settings: &Settings) -> String {
    digest_of(&canonical(settings))
}

/// The digest of a canonical text.
pub fn digest_of(canonical: &str) -> String {
    let digest = Sha256::digest(canonical.as_bytes());
    digest
        .iter()
        .fold(String::with_capacity(64), |mut hex, byte| {
            // Writing to a string cannot fail.
            let _ = write!(hex, "{byte:02x}");
            hex
        })
}
