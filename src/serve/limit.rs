//! How often something may be tried: a leaky bucket for each name, in a sketch of fixed size.

use std::hash::{BuildHasher as _, Hash, RandomState};
use std::net::{IpAddr, SocketAddr};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Each name has a cell in each of so many rows. Its bucket is the emptiest of them.
const ROWS: usize = 9;
/// The cells of a row, of 4 bytes each.
const CELLS: usize = 1 << 19;
/// What one attempt fills into a bucket.
const ATTEMPT: u32 = 256;
/// A quarter of the clock's round.
const QUARTER: u64 = 1 << 30;

/// A limit by name.
///
/// Other names share single cells. A name is refused too early only where all of its cells are
/// full of others' attempts, and never too late.
pub(super) struct Limit {
    /// The moment at which each cell will have drained, in the time in which one attempt drains,
    /// divided by [`ATTEMPT`]. The clock goes round.
    cells: Mutex<Cells>,
    /// It has a random key, so nobody can work out who shares a cell.
    hasher: RandomState,
    /// The most that may be in a bucket.
    full: u32,
    /// How much drains.
    per_second: f64,
    began: Instant,
}

/// The cells, and how far the clock has come.
struct Cells {
    drained: Vec<u32>,
    /// The latest moment at which anybody asked. It doesn't go round.
    latest: u64,
}

/// How often something is allowed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Allowed {
    /// At once.
    pub(super) burst: u32,
    /// And so many more.
    pub(super) more: u32,
    /// In every span of this length.
    pub(super) every: Duration,
    /// So many sidecars have it together.
    pub(super) sidecars: u32,
}

impl Limit {
    /// The limit; none where the burst is 0. Every sidecar lets through one at the least.
    pub(super) fn new(allowed: Allowed) -> Option<Self> {
        let Allowed {
            burst,
            more,
            every,
            sidecars,
        } = allowed;
        let share = (burst / sidecars).max(1);
        let per_second = f64::from(more) / f64::from(sidecars) / every.as_secs_f64();
        (burst > 0).then(|| Self {
            cells: Mutex::new(Cells {
                drained: vec![0; ROWS * CELLS],
                latest: 0,
            }),
            hasher: RandomState::new(),
            full: share * ATTEMPT,
            per_second: per_second * f64::from(ATTEMPT),
            began: Instant::now(),
        })
    }

    /// Counts an attempt as so many, if it is allowed now. One that weighs more than all is allowed
    /// where there was none before.
    ///
    /// # Errors
    /// The seconds until it is allowed.
    pub(super) fn take(&self, name: impl Hash, weight: u32) -> Result<(), u64> {
        self.take_at((name, weight), self.now(self.began.elapsed()))
    }

    /// Forgets the attempts of a name.
    pub(super) fn forget(&self, name: impl Hash) {
        self.forget_at(name, self.now(self.began.elapsed()));
    }

    /// Takes back an attempt that was counted and did not happen.
    pub(super) fn take_back(&self, name: impl Hash, weight: u32) {
        self.take_back_at((name, weight), self.now(self.began.elapsed()));
    }

    fn take_at(&self, (name, weight): (impl Hash, u32), now: u64) -> Result<(), u64> {
        let at = self.cells_of(name);
        let (mut cells, now) = self.cells_at(now);
        let cells = &mut cells.drained;
        let before = self.used(cells, at, now);
        let used = before.saturating_add(ATTEMPT.saturating_mul(weight));
        if used > self.full && before > 0 {
            let seconds = f64::from(used - self.full) / self.per_second;
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "seconds of some days at the most"
            )]
            return Err((seconds.ceil() as u64).max(1));
        }
        let used = used.min(self.full);
        // A cell that others have filled higher stays as it is, so each counts as little as can be.
        for cell in at {
            if self.level(cells[cell], now) < used {
                cells[cell] = now.wrapping_add(used);
            }
        }
        Ok(())
    }

    fn forget_at(&self, name: impl Hash, now: u64) {
        self.drain_at(name, now, |_| 0);
    }

    fn take_back_at(&self, (name, weight): (impl Hash, u32), now: u64) {
        let attempts = ATTEMPT.saturating_mul(weight);
        self.drain_at(name, now, |used| used.saturating_sub(attempts));
    }

    /// Sets what a name has used to less.
    fn drain_at(&self, name: impl Hash, now: u64, less: impl Fn(u32) -> u32) {
        let at = self.cells_of(name);
        let (mut cells, now) = self.cells_at(now);
        let cells = &mut cells.drained;
        let used = self.used(cells, at, now);
        // The fuller cells are others' as well.
        for cell in at {
            if self.level(cells[cell], now) == used {
                cells[cell] = now.wrapping_add(less(used));
            }
        }
    }

    /// The cells, and the moment on the clock that goes round.
    ///
    /// A cell that drained a round ago would look full. So in each new quarter of the round every
    /// cell that is empty is set to the moment itself. No bucket takes a whole quarter to drain.
    fn cells_at(&self, now: u64) -> (MutexGuard<'_, Cells>, u32) {
        let mut cells = self.cells.lock().unwrap_or_else(PoisonError::into_inner);
        // Another thread may have been here with a later moment.
        let now = now.max(cells.latest);
        let quarters = now / QUARTER - cells.latest / QUARTER;
        cells.latest = now;
        #[expect(clippy::cast_possible_truncation, reason = "it goes round")]
        let round = now as u32;
        if quarters > 0 {
            for drained in &mut cells.drained {
                if quarters > 1 || self.level(*drained, round) == 0 {
                    *drained = round;
                }
            }
        }
        (cells, round)
    }

    fn used(&self, cells: &[u32], at: [usize; ROWS], now: u32) -> u32 {
        let levels = at.map(|cell| self.level(cells[cell], now));
        levels.into_iter().min().unwrap_or(0)
    }

    /// How much is in a cell. What lies further ahead than a full bucket is from the clock's last
    /// round.
    fn level(&self, drained: u32, now: u32) -> u32 {
        let level = drained.wrapping_sub(now);
        if level > self.full { 0 } else { level }
    }

    fn cells_of(&self, name: impl Hash) -> [usize; ROWS] {
        std::array::from_fn(|row| {
            #[expect(clippy::cast_possible_truncation, reason = "any bits of it will do")]
            let at = self.hasher.hash_one((row, &name)) as usize % CELLS;
            row * CELLS + at
        })
    }

    fn now(&self, elapsed: Duration) -> u64 {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "64 bits are enough for centuries"
        )]
        let now = (elapsed.as_secs_f64() * self.per_second) as u64;
        now
    }
}

/// What a client's address counts as, with a port or without; none where it is no address.
///
/// Whoever has one address of IPv6 has the other 2⁶⁴ of its network as well.
pub(super) fn client_network(address: &str) -> Option<String> {
    let with_port = || Some(address.parse::<SocketAddr>().ok()?.ip());
    // The zone of a link is of this machine alone, and no part of the address.
    let with_zone = || Some(IpAddr::V6(address.split_once('%')?.0.parse().ok()?));
    let ip = address.parse().ok().or_else(with_port).or_else(with_zone)?;
    Some(match ip.to_canonical() {
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => {
            let network = u128::from(ip) >> 64;
            format!("{network:x}/64")
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const EACH: Allowed = Allowed {
        burst: 3,
        more: 6,
        every: Duration::from_secs(60),
        sidecars: 1,
    };

    fn limit(allowed: Allowed) -> Limit {
        Limit::new(allowed).expect("a burst")
    }

    fn take(limit: &Limit, name: &str, ms: u64) -> Result<(), u64> {
        limit.take_at((name, 1), limit.now(Duration::from_millis(ms)))
    }

    #[test]
    fn a_burst_is_let_through_and_then_one_at_a_time() {
        let limit = limit(EACH);
        for _ in 0..3 {
            assert_eq!(take(&limit, "anna", 0), Ok(()));
        }
        assert_eq!(take(&limit, "anna", 0), Err(10));
        assert_eq!(take(&limit, "anna", 9_500), Err(1));
        assert_eq!(take(&limit, "anna", 10_010), Ok(()));
        assert_eq!(take(&limit, "anna", 10_020), Err(10));
        assert_eq!(take(&limit, "bert", 10_020), Ok(()));
    }

    #[test]
    fn what_is_forgotten_does_not_count_any_more() {
        let limit = limit(EACH);
        for _ in 0..3 {
            assert_eq!(take(&limit, "anna", 0), Ok(()));
        }
        limit.forget_at("anna", 0);
        for _ in 0..3 {
            assert_eq!(take(&limit, "anna", 0), Ok(()));
        }
        assert_eq!(take(&limit, "anna", 0), Err(10));
    }

    #[test]
    fn what_is_taken_back_does_not_count_and_what_was_before_does() {
        let limit = limit(EACH);
        assert_eq!(take(&limit, "anna", 0), Ok(()));
        for _ in 0..9 {
            assert_eq!(take(&limit, "anna", 0), Ok(()));
            limit.take_back_at(("anna", 1), 0);
        }
        for _ in 0..2 {
            assert_eq!(take(&limit, "anna", 0), Ok(()));
        }
        assert_eq!(take(&limit, "anna", 0), Err(10));
        limit.take_back_at(("nobody", 1), 0);
        assert_eq!(take(&limit, "nobody", 0), Ok(()));
    }

    #[test]
    fn many_other_names_lock_fewer_than_one_in_a_hundred_out() {
        let limit = limit(EACH);
        for n in 0..410_000 {
            // Each name is tried as often as it may be, and none of them has drained.
            for _ in 0..EACH.burst {
                let _ = limit.take_at((("nobody", n), 1), 0);
            }
        }
        let locked = (0..10_000).filter(|n| limit.take_at((("somebody", n), 1), 0).is_err());
        let locked = locked.count();
        assert!(locked < 100, "{locked}");
    }

    #[test]
    fn several_sidecars_share_a_limit() {
        let limit = limit(Allowed {
            burst: 6,
            sidecars: 2,
            ..EACH
        });
        for _ in 0..3 {
            assert_eq!(take(&limit, "anna", 0), Ok(()));
        }
        assert_eq!(take(&limit, "anna", 0), Err(20));
    }

    #[test]
    fn a_burst_of_nothing_is_no_limit() {
        assert!(Limit::new(Allowed { burst: 0, ..EACH }).is_none());
    }

    #[test]
    fn the_clock_goes_round_and_nobody_is_locked_out() {
        const ROUND: u64 = 4 * QUARTER;
        let limit = limit(EACH);
        let full = u64::from(limit.full);
        // In the round's last moments too, where cells that nobody has touched would look full.
        let quarters = (1..10).map(|quarter| quarter * QUARTER);
        let ends = [ROUND - full, ROUND - 1, 2 * ROUND - full + 1];
        let mut moments: Vec<u64> = quarters.chain(ends).collect();
        moments.sort_unstable();
        for moment in moments {
            for _ in 0..3 {
                assert_eq!(
                    limit.take_at((("fresh", moment), 1), moment),
                    Ok(()),
                    "{moment}"
                );
            }
            assert!(limit.take_at((("fresh", moment), 1), moment).is_err());
        }
        // Nobody asks for a whole round.
        let later = 13 * QUARTER + 5;
        for moment in [later, later + ROUND - 1] {
            for _ in 0..3 {
                assert_eq!(limit.take_at(("anna", 1), moment), Ok(()), "{moment}");
            }
        }
    }

    #[test]
    fn a_bucket_drains_as_fast_where_the_clock_goes_round() {
        let limit = limit(EACH);
        let end = 4 * QUARTER;
        for _ in 0..3 {
            assert_eq!(limit.take_at(("anna", 1), end - 100), Ok(()));
        }
        assert!(limit.take_at(("anna", 1), end - 1).is_err());
        assert!(limit.take_at(("anna", 1), end + 100).is_err());
        assert_eq!(limit.take_at(("anna", 1), end + 160), Ok(()));
    }

    #[test]
    fn all_addresses_of_a_network_of_ipv6_are_one_client() {
        let same = |one, other| client_network(one) == client_network(other);
        assert!(same("2001:db8:0:1::1", "2001:db8:0:1:ffff::2"));
        assert!(!same("2001:db8:0:1::1", "2001:db8:0:2::1"));
        assert!(same("::ffff:192.0.2.7", "192.0.2.7"));
        assert!(!same("192.0.2.7", "192.0.2.8"));
    }

    #[test]
    fn a_port_makes_no_other_client_and_a_word_is_none() {
        for (with, without) in [
            ("192.0.2.7:5001", "192.0.2.7"),
            ("[::ffff:192.0.2.7]:5001", "192.0.2.7"),
            ("[2001:db8::1]:443", "2001:db8::2"),
            ("fe80::1%eth0", "fe80::2"),
        ] {
            assert_eq!(client_network(with), client_network(without), "{with}");
            assert!(client_network(with).is_some(), "{with}");
        }
        for word in ["", "x", "192.0.2.7, 192.0.2.8", "192.0.2.7:", "unknown"] {
            assert_eq!(client_network(word), None, "{word}");
        }
    }

    #[test]
    fn what_weighs_more_takes_more_and_is_let_through_once_at_the_least() {
        let limit = limit(Allowed { burst: 5, ..EACH });
        let twice = |name| limit.take_at((name, 2), 0).is_ok();
        assert_eq!(
            [twice("anna"), twice("anna"), twice("anna")],
            [true, true, false]
        );
        limit.take_back_at(("anna", 2), 0);
        assert!(twice("anna"));
        let heavy = |name| limit.take_at((name, 9), 0).is_ok();
        assert_eq!([heavy("max"), heavy("max")], [true, false]);
    }
}
