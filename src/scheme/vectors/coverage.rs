//! That nothing is verified without a vector.

use std::collections::HashMap;

use super::{field, lines};
use crate::scheme::*;

/// The fewest vectors of a scheme that can be verified: an empty password, one that is not ASCII, a
/// long one.
const VECTORS_MIN: usize = 3;
/// Those for which no other implementation was at hand that makes them.
pub(in crate::scheme) const WITHOUT: [&str; 4] = [
    "ldap-sha384",
    "ldap-ssha384", // RFC 2307's pattern; SHA-384 itself has vectors.
    "macos-10.7",   // A salt and SHA-512, which have vectors.
    "macos-10.8",   // PBKDF2-HMAC-SHA-512, which has vectors.
];

#[test]
fn every_scheme_that_is_verified_has_three_vectors_at_least() {
    let mut found: HashMap<Scheme, usize> = HashMap::new();
    for file in [
        include_str!("../../../tests/vectors/applications.jsonl"),
        include_str!("../../../tests/vectors/crypt.jsonl"),
        include_str!("../../../tests/vectors/digests.jsonl"),
        include_str!("../../../tests/vectors/expressions.jsonl"),
        include_str!("../../../tests/vectors/forms.jsonl"),
        include_str!("../../../tests/vectors/frameworks.jsonl"),
        include_str!("../../../tests/vectors/modern.jsonl"),
        include_str!("../../../tests/vectors/native.jsonl"),
        include_str!("../../../tests/vectors/systems.jsonl"),
        include_str!("../../../tests/vectors/unmarked.jsonl"),
    ] {
        for line in lines(file) {
            if let Ok(scheme) = Scheme::parse(field(&line, "scheme")) {
                *found.entry(scheme).or_default() += 1;
            }
        }
    }
    let is_verified = |scheme: &Scheme| {
        let made = make(*scheme, b"", b"", &Context::default());
        !matches!(made, Err(VerifyError::Unsupported { .. }))
    };
    let poor: Vec<_> = Scheme::all()
        .filter(is_verified)
        .map(|scheme| (scheme, found.get(&scheme).copied().unwrap_or_default()))
        .filter(|(_, vectors)| *vectors < VECTORS_MIN)
        .filter(|(scheme, _)| !WITHOUT.contains(&scheme.name()))
        .collect();
    assert!(poor.is_empty(), "{poor:?}");
}
