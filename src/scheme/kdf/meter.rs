//! Counts the work of hashes on this thread, and refuses what would be more than a login may cost.
//!
//! Every slow hash asks here before it begins. A family can't forget the bound, however it combines
//! them.

use std::cell::Cell;

use crate::scheme::value::{LoginWork, LoginWorkMax, VerifyError};

/// What a hash function that has asked is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::scheme) enum Permit {
    /// Make the hash.
    Compute,
    /// Make none: the work is only weighed, and any bytes of the right length will do.
    Weigh,
}

#[derive(Clone, Copy)]
struct Meter {
    mode: MeterMode,
    /// The work of the check that goes on.
    now: LoginWork,
    /// The dearest check that was weighed.
    most: LoginWork,
    /// All hashes that this thread has made.
    computed: LoginWork,
}

#[derive(Clone, Copy)]
enum MeterMode {
    /// No check goes on: each hash alone stays within the default bound.
    Single,
    /// All hashes of one check together stay within the bound.
    Check(LoginWorkMax),
    /// Nothing is computed, and no check goes on.
    Weighing,
    /// Nothing is computed; this is one check.
    WeighingCheck,
}

const NOTHING: LoginWork = LoginWork {
    units: 0,
    memory_kib: 0,
    hashes: 0,
};

thread_local! {
    static METER: Cell<Meter> = const {
        Cell::new(Meter {
            mode: MeterMode::Single,
            now: NOTHING,
            most: NOTHING,
            computed: NOTHING,
        })
    };
}

/// Asks for the work of one hash, before it is begun.
///
/// # Errors
/// Where the check as a whole would cost more than a login may.
pub(in crate::scheme) fn spend(units: u64, memory_kib: u64) -> Result<Permit, VerifyError> {
    let mut meter = METER.get();
    let hash = LoginWork {
        units,
        memory_kib,
        hashes: 1,
    };
    let (now, max) = match meter.mode {
        MeterMode::Single => (hash, Some(LoginWorkMax::DEFAULT)),
        MeterMode::Check(max) => (meter.now.and(hash), Some(max)),
        MeterMode::Weighing | MeterMode::WeighingCheck => (meter.now.and(hash), None),
    };
    if let Some(max) = max.filter(|max| max.is_exceeded_by(&now)) {
        return Err(VerifyError::TooMuchWork {
            max: max.units(),
            actual: now.units,
        });
    }
    meter.now = now;
    if max.is_some() {
        meter.computed = meter.computed.and(hash);
    } else {
        meter.most = meter.most.or(now);
    }
    METER.set(meter);
    Ok(if max.is_some() {
        Permit::Compute
    } else {
        Permit::Weigh
    })
}

/// Counts a hash that no bound holds: one at the target.
pub(in crate::scheme) fn count(hash: LoginWork) {
    let mut meter = METER.get();
    meter.computed = meter.computed.and(hash);
    METER.set(meter);
}

/// Sets the mode, and sets the old one again when it is dropped, also after a panic.
struct ModeGuard(MeterMode);

impl ModeGuard {
    fn begin(mode: MeterMode) -> Self {
        let mut meter = METER.get();
        let before = meter.mode;
        meter.mode = mode;
        meter.now = NOTHING;
        METER.set(meter);
        Self(before)
    }
}

impl Drop for ModeGuard {
    fn drop(&mut self) {
        let mut meter = METER.get();
        meter.mode = self.0;
        meter.now = NOTHING;
        METER.set(meter);
    }
}

/// Makes one check of one password, all hashes of it within the bound. A check inside a check is
/// part of it.
pub(in crate::scheme) fn within<T>(max: LoginWorkMax, check: impl FnOnce() -> T) -> T {
    let _guard = match METER.get().mode {
        MeterMode::Single => ModeGuard::begin(MeterMode::Check(max)),
        MeterMode::Weighing => ModeGuard::begin(MeterMode::WeighingCheck),
        MeterMode::Check(_) | MeterMode::WeighingCheck => return check(),
    };
    check()
}

/// Goes through checks without making a hash, and tells what the dearest of them would cost.
pub(in crate::scheme) fn weighed<T>(checks: impl FnOnce() -> T) -> (T, LoginWork) {
    let _guard = ModeGuard::begin(MeterMode::Weighing);
    let mut meter = METER.get();
    meter.most = NOTHING;
    METER.set(meter);
    let made = checks();
    (made, METER.get().most)
}

/// The work of all slow hashes that a call makes on this thread.
#[cfg(test)]
pub(crate) fn computed_by<T>(call: impl FnOnce() -> T) -> (T, LoginWork) {
    let before = METER.get().computed;
    let mut meter = METER.get();
    meter.computed = NOTHING;
    METER.set(meter);
    let made = call();
    let computed = METER.get().computed;
    let mut meter = METER.get();
    meter.computed = before.and(computed);
    METER.set(meter);
    (made, computed)
}
