//! How fast this machine hashes: measured for a moment on the threads that a run would use.

use std::time::{Duration, Instant};

use zeroize::Zeroizing;

use super::hasher::{Hasher, HasherError};
use super::judge::Work;
use super::limits::Budget;
use crate::failpoint::hit;
use crate::scheme::{Dialect, InnerId, Outer};

/// What was measured.
#[derive(Clone, Copy, Debug)]
pub struct Calibration {
    /// Hashes a second on all threads.
    pub hashes_per_second: f64,
    /// How many hashes were made for it.
    pub hashes: u64,
}

/// Measures for about `at_least`, one round at the least.
///
/// # Errors
/// Where hashing itself fails.
pub async fn calibrate(
    outer: Outer,
    budget: &Budget,
    at_least: Duration,
) -> Result<Calibration, HasherError> {
    // How a value is spelt costs nothing.
    let hasher = Hasher::start(outer, Dialect::default(), budget)?;
    let round = budget.threads * budget.plan.lockstep().max(1);
    let batch = |n: usize| -> Vec<Work> {
        (0..n)
            .map(|_| Work {
                text: Zeroizing::new(b"5f4dcc3b5aa765d61d8327deb882cf99".to_vec()),
                inner: InnerId::parse("md5"),
                setting: None,
            })
            .collect()
    };
    // The first round makes the arenas and warms the processor up.
    hasher
        .submit(batch(round))?
        .await
        .map_err(|_| HasherError::Gone)?;
    // For the tests that start a run hundreds of times.
    let at_least = if hit("short-calibration") {
        at_least / 10
    } else {
        at_least
    };
    let begun = Instant::now();
    let mut hashes = 0;
    let mut size = round;
    while hashes == 0 || begun.elapsed() < at_least {
        let round_begun = Instant::now();
        hasher
            .submit(batch(size))?
            .await
            .map_err(|_| HasherError::Gone)?;
        hashes += size as u64;
        if round_begun.elapsed() < Duration::from_millis(50) {
            size = (size * 2).min(16_384);
            hasher.tune(
                size as f64 / round_begun.elapsed().as_secs_f64().max(1e-6) / budget.threads as f64,
            );
        }
    }
    if let Some(error) = hasher.error() {
        return Err(HasherError::Kernel(*error));
    }
    Ok(Calibration {
        hashes_per_second: hashes as f64 / begun.elapsed().as_secs_f64(),
        hashes,
    })
}
