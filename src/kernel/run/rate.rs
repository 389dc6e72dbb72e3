//! How fast one thread hashes with a plan.

use std::time::Duration;

use super::bench::Bench;
use crate::kernel::{KernelError, Plan};

/// Hashes a second of one thread, measured for at least `at_least` after one batch to warm up.
///
/// # Errors
/// As [`Arena::new`](crate::kernel::Arena::new).
pub fn hashes_per_second(plan: &Plan, at_least: Duration) -> Result<f64, KernelError> {
    let mut bench = Bench::new(plan)?;
    let (at_once, variant) = (plan.lockstep(), plan.variant());
    bench.batch_seconds(at_once, variant)?;
    let (mut seconds, mut batches) = (0.0, 0);
    while batches == 0 || seconds < at_least.as_secs_f64() {
        seconds += bench.batch_seconds(at_once, variant)?;
        batches += 1;
    }
    Ok((batches * at_once) as f64 / seconds)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::Params;

    #[test]
    fn a_rate_is_measured() {
        let plan = Plan::new(Params::Bcrypt { cost: 4 }).unwrap();
        assert!(hashes_per_second(&plan, Duration::from_millis(1)).unwrap() > 1.0);
    }
}
