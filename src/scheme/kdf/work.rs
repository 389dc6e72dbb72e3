//! How many units of work each slow hash has.
//!
//! The weights were measured on one core with the release build: a unit is a ten-thousandth of a
//! round of bcrypt, 7 ns there. SHA-1 and SHA-256 are weighed as processors compute them that have
//! no instructions for them. How far a weight is off matters little: it is a bound, and the same
//! everywhere.

use crate::scheme::expression::Algorithm;

/// Units of a round of bcrypt.
const BCRYPT_ROUND: u64 = 10_000;
/// Units of a KiB of Argon2, each pass.
const ARGON2_KIB: u64 = 75;
/// Units of a KiB of scrypt, written and read.
const SCRYPT_KIB: u64 = 450;
/// Units of a KiB of yescrypt.
const YESCRYPT_KIB: u64 = 300;
/// Units of one DES as crypt(3) salts it.
const DES: u64 = 45;
/// The bytes of padding and of the setting that a round of crypt(3) hashes at most.
const CRYPT_REST: u64 = 32;

/// The units of bcrypt.
pub(super) fn bcrypt(cost: u32) -> u64 {
    BCRYPT_ROUND << cost.min(31)
}

/// The units of Argon2. Lanes share its memory and its work.
pub(super) fn argon2(memory_kib: u32, iterations: u32) -> u64 {
    u64::from(memory_kib)
        .saturating_mul(u64::from(iterations))
        .saturating_mul(ARGON2_KIB)
}

/// The units of PBKDF2: two blocks for each iteration of each block that comes out.
pub(super) fn pbkdf2(algorithm: Algorithm, iterations: u32, len: usize) -> u64 {
    let blocks = len.div_ceil(algorithm.len().max(1)).max(1) as u64;
    // What goes into a round is one digest.
    let round = 2 * algorithm.work(0);
    u64::from(iterations)
        .saturating_mul(blocks)
        .saturating_mul(round)
}

/// The units of scrypt.
pub(super) fn scrypt((log_n, r, p): (u32, u32, u32)) -> u64 {
    memory_kib(log_n, r)
        .max(1)
        .saturating_mul(u64::from(p))
        .saturating_mul(SCRYPT_KIB)
}

/// The units of yescrypt, whose `t` goes through the memory again.
pub(super) fn yescrypt((log_n, r, p): (u32, u32, u32), t: u32) -> u64 {
    memory_kib(log_n, r)
        .max(1)
        .saturating_mul(u64::from(p.max(1)))
        .saturating_mul(1 + u64::from(t))
        .saturating_mul(YESCRYPT_KIB)
}

/// The memory of scrypt in KiB: 128·N·r bytes.
pub(super) fn memory_kib(log_n: u32, r: u32) -> u64 {
    let n = 1_u64.checked_shl(log_n).unwrap_or(u64::MAX);
    n.saturating_mul(u64::from(r)) / 8
}

/// The units of a digest that is repeated, each time over so many bytes.
pub(super) fn rounds(algorithm: Algorithm, rounds: u32, bytes: usize) -> u64 {
    u64::from(rounds).saturating_mul(algorithm.work(bytes as u64))
}

/// The units of crypt(3)'s SHA: each round hashes the password up to twice, the salt and the last
/// digest. Before the rounds the password is hashed as often as it is long.
pub(super) fn sha_crypt(algorithm: Algorithm, count: u32, (password, salt): (usize, usize)) -> u64 {
    let round = 2 * password as u64 + salt as u64 + algorithm.len() as u64 + CRYPT_REST / 2;
    let before = (password as u64).saturating_mul(password as u64);
    u64::from(count)
        .saturating_mul(algorithm.work(round))
        .saturating_add(algorithm.work(before))
}

/// The units of BSDI's DES.
pub(super) fn des(rounds: u32) -> u64 {
    u64::from(rounds).saturating_mul(DES)
}
