//! Slow hashes that are made and thrown away, so that a login costs what others cost.
//!
//! Each kind is paid by its own function, and so it takes as much longer on a busy machine as the
//! hash that it stands for.

use std::hint::black_box;

use argon2::Version;
use zeroize::Zeroizing;

use super::recompute::{make, make_stand_in};
use super::stand_in::with_stand_ins;
use crate::scheme::expression::Algorithm;
use crate::scheme::kdf::{Argon2Cost, Permit, bcrypt_bytes, count, scrypt, within};
use crate::scheme::value::{Context, HashKind, HashTally, LoginWork, TalliedHash};
use crate::secret::Password;

const SALT: [u8; 16] = [0; 16];

/// Makes these hashes of a password. What a function refuses is not made.
pub fn pay(owed: &HashTally, password: &Password, context: &Context<'_>) {
    for hash in owed.hashes() {
        pay_kind(hash, password.as_bytes(), context);
    }
}

fn pay_kind(hash: &TalliedHash, password: &[u8], context: &Context<'_>) {
    let each = |units: u64, memory_kib| LoginWork {
        units,
        memory_kib,
        hashes: 1,
    };
    match hash.kind {
        HashKind::Argon2 {
            variant,
            version,
            memory_kib,
            iterations,
            parallelism,
        } => {
            let cost = Argon2Cost {
                variant,
                version: if version == 16 {
                    Version::V0x10
                } else {
                    Version::V0x13
                },
                memory_kib,
                iterations,
                parallelism,
            };
            for _ in 0..hash.amount {
                let work = each(hash.units / hash.amount, memory_kib.into());
                if count(hash.kind, 1, work) == Permit::Compute {
                    black_box(cost.hash(password, &SALT, 32)).ok();
                }
            }
        }
        HashKind::Bcrypt => {
            if count(hash.kind, hash.amount, each(hash.units, 0)) == Permit::Compute {
                pay_bcrypt(hash.amount, password);
            }
        }
        HashKind::Pbkdf2 { digest } => {
            let Some(algorithm) = Algorithm::by_name(digest.as_bytes()) else {
                return;
            };
            if count(hash.kind, hash.amount, each(hash.units, 0)) == Permit::Compute {
                let mut out = Zeroizing::new(vec![0; algorithm.len()]);
                let mut rest = hash.amount;
                while let Ok(iterations @ 1..) = u32::try_from(rest.min(u32::MAX.into())) {
                    algorithm.pbkdf2(password, &SALT, iterations, &mut out);
                    rest -= u64::from(iterations);
                }
                black_box(out);
            }
        }
        HashKind::Scrypt { log_n, r, p } => {
            for _ in 0..hash.amount {
                let made = || scrypt(password, &SALT, (log_n, r, p), 32);
                black_box(within(context.work_max, made)).ok();
            }
        }
        HashKind::Own { scheme, .. } => {
            for _ in 0..hash.amount {
                with_stand_ins(context, |context| {
                    match black_box(make(scheme, &hash.setting, password, context)) {
                        Ok(Some(_)) | Err(_) => {}
                        Ok(None) => {
                            make_stand_in(scheme, &hash.setting, context).ok();
                        }
                    }
                });
            }
        }
    }
}

/// bcrypt makes a power of two of rounds. Others are made by several hashes.
fn pay_bcrypt(rounds: u64, password: &[u8]) {
    /// No hash is of less.
    const COST_MIN: u32 = 4;
    for cost in (COST_MIN..32).rev().filter(|cost| rounds >> cost & 1 == 1) {
        black_box(bcrypt_bytes(cost, SALT, password));
    }
}
