//! What a census has to know beforehand.

use crate::policy::Normalize;
use crate::scheme::{Declared, Strength};

/// What a census has to know beforehand.
#[derive(Clone, Debug)]
pub struct CensusSettings {
    /// What the credential declares.
    pub declared: Declared,
    /// The character between a digest and its salt, where the credential says it.
    pub separator: Option<u8>,
    /// The target's strength, which divides slow from strong.
    pub target: Strength,
    /// How the credential's values are normalised.
    pub normalize: Option<Normalize>,
    /// The time, in milliseconds since 1970.
    pub now_ms: i64,
    /// The moments that rules ask for (`last_login_before`). Logins on two sides of one are never
    /// counted together.
    pub cutoffs_ms: Vec<i64>,
    /// The keys of the hashes by which duplicates are counted.
    pub hash_keys: [u64; 2],
}
