//! The work of hashes whose functions stand with their families: crypt(3)'s and other repeated
//! digests.

use super::limits::{at_most, check_scrypt};
use super::meter::{Permit, SlowHash, spend};
use super::work;
use crate::scheme::expression::Algorithm;
use crate::scheme::value::VerifyError;

/// Asks for a digest that is repeated, each time over so many bytes.
pub(in crate::scheme) fn spend_rounds(
    algorithm: Algorithm,
    rounds: u32,
    bytes: usize,
) -> Result<Permit, VerifyError> {
    spend(own(rounds), work::rounds(algorithm, rounds, bytes), 0)
}

/// Asks for crypt(3)'s SHA, with the lengths of password and salt.
pub(in crate::scheme) fn spend_sha_crypt(
    algorithm: Algorithm,
    rounds: u32,
    lengths: (usize, usize),
) -> Result<Permit, VerifyError> {
    spend(own(rounds), work::sha_crypt(algorithm, rounds, lengths), 0)
}

/// Asks for BSDI's DES.
pub(in crate::scheme) fn spend_des(rounds: u32) -> Result<Permit, VerifyError> {
    spend(own(rounds), work::des(rounds), 0)
}

/// Asks for yescrypt. `t` says how often more it goes through its memory.
pub(in crate::scheme) fn spend_yescrypt(
    params: (u32, u32, u32),
    t: u32,
) -> Result<Permit, VerifyError> {
    /// No value that anybody makes has more, and the work alone would bound it too late.
    const TIMES_MAX: u32 = 10;
    let (log_n, r, p) = params;
    check_scrypt(log_n, r, p)?;
    at_most("t", t, TIMES_MAX)?;
    let memory_kib = work::memory_kib(log_n, r);
    // Each parameter has a place of its own in it.
    let rounds = [r, p, t]
        .iter()
        .fold(u64::from(log_n), |all, more| (all << 18) | u64::from(*more));
    let what = SlowHash::Own { rounds };
    spend(what, work::yescrypt(params, t), memory_kib)
}

fn own(rounds: u32) -> SlowHash {
    SlowHash::Own {
        rounds: rounds.into(),
    }
}
