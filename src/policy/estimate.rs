//! How long a plan takes and how much memory it needs. It measures nothing: the rates are given.

/// How fast one machine hashes, as a calibration measured it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HashingCapacity {
    /// Hashes a second over all its threads together.
    pub hashes_per_second: f64,
    /// Threads that hash.
    pub threads: usize,
    /// Hashes that one thread makes in lockstep.
    pub lockstep: usize,
    /// Memory of one hash, in bytes.
    pub hash_bytes: u64,
}

/// What a plan costs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    seconds: f64,
    memory_bytes: u64,
}

/// What that many hashes cost on such a machine; `None` if the rate is not a positive number.
///
/// The time of the database is left out, because hashing takes longer and runs at the same time.
pub fn estimate(hashes: u64, capacity: &HashingCapacity) -> Option<Estimate> {
    let rate = capacity.hashes_per_second;
    if !rate.is_finite() || rate <= 0.0 {
        return None;
    }
    let in_flight = (capacity.threads as u64).saturating_mul(capacity.lockstep as u64);
    Some(Estimate {
        seconds: hashes as f64 / rate,
        memory_bytes: in_flight.saturating_mul(capacity.hash_bytes),
    })
}

impl Estimate {
    /// Seconds on this machine.
    pub fn seconds(&self) -> f64 {
        self.seconds
    }

    /// Hours on this machine.
    pub fn hours(&self) -> f64 {
        self.hours_on(1)
    }

    /// Hours on that many such machines; 0 counts as 1.
    pub fn hours_on(&self, machines: u32) -> f64 {
        self.seconds / f64::from(machines.max(1)) / 3_600.0
    }

    /// The memory for hashing on each machine, in bytes.
    pub fn memory_bytes(&self) -> u64 {
        self.memory_bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CAPACITY: HashingCapacity = HashingCapacity {
        hashes_per_second: 200.0,
        threads: 2,
        lockstep: 4,
        hash_bytes: 19_456 << 10,
    };

    fn check(hashes: u64) -> Estimate {
        estimate(hashes, &CAPACITY).expect("the rate is a positive number")
    }

    #[test]
    fn the_time_is_the_hashes_by_the_rate() {
        assert_eq!(check(1_440_000).hours(), 2.0);
        assert_eq!(check(100).seconds(), 0.5);
    }

    #[test]
    fn machines_share_the_time() {
        assert_eq!(check(1_440_000).hours_on(4), 0.5);
        assert_eq!(check(1_440_000).hours_on(0), 2.0);
    }

    #[test]
    fn the_memory_is_threads_by_lockstep_by_the_hash() {
        assert_eq!(check(1).memory_bytes(), 2 * 4 * (19_456 << 10));
    }

    #[test]
    fn nothing_to_hash_takes_no_time() {
        assert_eq!(check(0).seconds(), 0.0);
    }

    #[test]
    fn without_a_rate_there_is_no_estimate() {
        for rate in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert_eq!(
                estimate(
                    1,
                    &HashingCapacity {
                        hashes_per_second: rate,
                        ..CAPACITY
                    }
                ),
                None
            );
        }
    }
}
