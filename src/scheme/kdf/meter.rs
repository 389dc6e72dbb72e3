//! Counts the work of hashes on this thread, and refuses what would be more than a login may cost.
//!
//! Every slow hash asks here before it begins. A family can't forget the bound, however it combines
//! them.

use std::cell::{Cell, RefCell};

use crate::scheme::value::{
    HashKind, HashTally, LoginWork, LoginWorkMax, Scheme, TalliedHash, VerifyError,
};

/// What a hash function that has asked is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::scheme) enum Permit {
    /// Make the hash.
    Compute,
    /// Make none: the work is only weighed, and any bytes of the right length will do.
    Weigh,
}

/// What a hash is, apart from its work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::scheme) enum SlowHash {
    /// So much of a kind that is the same in every scheme.
    Common(HashKind, u64),
    /// A scheme's own function, with its rounds or what it has in their place.
    Own {
        /// The rounds.
        rounds: u64,
    },
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

/// What a scheme's own functions have spent.
#[derive(Clone, Copy, Default)]
struct OwnSpent {
    hashes: u32,
    rounds: u64,
    units: u64,
}

thread_local! {
    /// The hashes since a tally was begun; none where nobody counts.
    static TALLY: RefCell<Option<HashTally>> = const { RefCell::new(None) };
    /// What own functions have spent since their scheme was called.
    static OWN: Cell<OwnSpent> = const {
        Cell::new(OwnSpent {
            hashes: 0,
            rounds: 0,
            units: 0,
        })
    };
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
pub(in crate::scheme) fn spend(
    what: SlowHash,
    units: u64,
    memory_kib: u64,
) -> Result<Permit, VerifyError> {
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
    note(what, units);
    Ok(if max.is_some() {
        Permit::Compute
    } else {
        Permit::Weigh
    })
}

/// Counts a hash that no bound holds: one at the target, or one that pays for others.
pub(in crate::scheme) fn count(kind: HashKind, amount: u64, work: LoginWork) -> Permit {
    note(SlowHash::Common(kind, amount), work.units);
    let mut meter = METER.get();
    if matches!(meter.mode, MeterMode::Weighing | MeterMode::WeighingCheck) {
        return Permit::Weigh;
    }
    meter.computed = meter.computed.and(work);
    METER.set(meter);
    Permit::Compute
}

/// Notes a hash in the tally.
fn note(what: SlowHash, units: u64) {
    match what {
        SlowHash::Common(kind, amount) => tally(TalliedHash {
            kind,
            amount,
            units,
            setting: Vec::new(),
        }),
        SlowHash::Own { rounds } => {
            let own = OWN.get();
            OWN.set(OwnSpent {
                hashes: own.hashes.saturating_add(1),
                rounds: own.rounds.saturating_add(rounds),
                units: own.units.saturating_add(units),
            });
        }
    }
}

fn tally(hash: TalliedHash) {
    TALLY.with_borrow_mut(|tally| {
        if let Some(tally) = tally {
            tally.add(hash);
        }
    });
}

/// Calls a scheme with a setting. What its own functions spend is one hash of the scheme.
pub(in crate::scheme) fn of_scheme<T>(
    scheme: Scheme,
    setting: &[u8],
    call: impl FnOnce() -> T,
) -> T {
    let before = OWN.replace(OwnSpent::default());
    let made = call();
    let own = OWN.replace(before);
    if own.hashes > 0 {
        tally(TalliedHash {
            kind: HashKind::Own {
                scheme,
                rounds: own.rounds,
                setting_bytes: setting.len(),
            },
            amount: 1,
            units: own.units,
            setting: setting.to_vec(),
        });
    }
    made
}

/// The slow hashes that a call makes on this thread, or would make where it only weighs.
pub fn tallied<T>(call: impl FnOnce() -> T) -> (T, HashTally) {
    let before = TALLY.replace(Some(HashTally::default()));
    let made = call();
    let tally = TALLY.replace(before).unwrap_or_default();
    // They count in the tally around it as well.
    TALLY.with_borrow_mut(|around| {
        if let Some(around) = around {
            around.add_all(&tally);
        }
    });
    (made, tally)
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
pub(crate) fn weighed<T>(checks: impl FnOnce() -> T) -> (T, LoginWork) {
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
