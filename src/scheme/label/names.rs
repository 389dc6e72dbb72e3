//! What the dialects call a hash, and what they join its name and an inner id with.

use crate::scheme::value::Outer;

pub(in crate::scheme) const DJANGO_JOINT: &str = "_wrapped_";

pub(in crate::scheme) const SPRING_JOINT: &str = "-";

/// The type of Argon2's values (MediaWiki's `$wgPasswordConfig`).
pub(in crate::scheme) const MEDIAWIKI_ARGON2: &str = ":argon2";

pub(in crate::scheme) const MEDIAWIKI_JOINT: &str = "-";

/// The hash in Django's names of algorithms (django/contrib/auth/hashers.py).
pub(in crate::scheme) fn django_name(outer: &Outer) -> &'static str {
    match outer {
        Outer::Argon2id { .. } => "argon2",
        Outer::Bcrypt { .. } => "bcrypt",
        Outer::Pbkdf2Sha256 { .. } => "pbkdf2_sha256",
    }
}

/// The id of the hash among Spring's (`PasswordEncoderFactories.createDelegatingPasswordEncoder`).
pub(in crate::scheme) fn spring_id(outer: &Outer) -> Option<&'static str> {
    match outer {
        Outer::Argon2id { .. } => Some("argon2"),
        Outer::Bcrypt { .. } => Some("bcrypt"),
        Outer::Pbkdf2Sha256 { .. } => None,
    }
}
