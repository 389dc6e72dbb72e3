//! Times hashes on the hashing threads: what logins cost here, for the operator's eyes.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::hashers::{HashNeeds, Hashers};
use crate::scheme::{Context, HashTally, LoginWorkMax, TalliedHash, pay};
use crate::secret::{Password, SiteSalts};
use crate::serve::login_cost::{LoginCost, LoginRate};

/// The hashes of a login with what they are made with.
#[derive(Clone)]
pub(in crate::serve) struct TimedHashes {
    pub(in crate::serve) hashes: Arc<HashTally>,
    pub(in crate::serve) site: Option<SiteSalts>,
    pub(in crate::serve) work_max: LoginWorkMax,
}

/// Whether the timing may take a thread from a login.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::serve) enum Turn {
    /// It may: nothing goes on before it is known.
    AtOnce,
    /// Each hash waits until nobody logs in.
    WhenIdle,
}

/// How often a hash is timed after the first time. Of a slow one the first time is enough.
const TIMES: usize = 4;
const LONG: Duration = Duration::from_millis(100);

impl TimedHashes {
    /// Of one kind of hash alone.
    pub(in crate::serve) fn only(&self, hashes: HashTally) -> Self {
        Self {
            hashes: Arc::new(hashes),
            ..self.clone()
        }
    }

    fn make(&self) {
        let context = Context {
            site: self.site.as_ref(),
            work_max: self.work_max,
            ..Context::default()
        };
        pay(&self.hashes, &Password::new("a wrong password"), &context);
    }

    /// The median time on one thread. None where no place is free, or the machine lacks memory.
    pub(in crate::serve) async fn time(&self, hashers: &Hashers, turn: Turn) -> Option<Duration> {
        // It takes memory that the others find.
        let first = self.once(hashers, turn).await?;
        if first > LONG {
            return Some(first);
        }
        let mut times = Vec::new();
        for _ in 0..TIMES {
            times.push(self.once(hashers, turn).await?);
        }
        times.sort_unstable();
        Some(times[times.len() / 2].min(first))
    }

    /// The time of one login's hashes. Each is a piece of work of its own, so a login waits for one
    /// at the most.
    async fn once(&self, hashers: &Hashers, turn: Turn) -> Option<Duration> {
        if turn == Turn::WhenIdle {
            hashers.idle().await;
        }
        let ticket = hashers.admit()?;
        let own = self.clone();
        let work = move || {
            let began = Instant::now();
            own.make();
            began.elapsed()
        };
        hashers.make(&ticket, self.needs(), work).await.ok()
    }

    /// The time in which every thread makes them once, all at work.
    pub(in crate::serve) async fn rate(&self, hashers: &Hashers) -> Option<LoginRate> {
        let threads = hashers.size().threads;
        let ticket = hashers.admit()?;
        let began = Instant::now();
        let mut working: Vec<_> = (0..threads)
            .map(|_| {
                let own = self.clone();
                Box::pin(hashers.make(&ticket, self.needs(), move || own.make()))
            })
            .collect();
        std::future::poll_fn(|context| {
            working.retain_mut(|one| one.as_mut().poll(context).is_pending());
            if working.is_empty() {
                std::task::Poll::Ready(())
            } else {
                std::task::Poll::Pending
            }
        })
        .await;
        Some(LoginRate {
            threads,
            time: began.elapsed(),
        })
    }

    /// Times each kind, and keeps so many of them: the dearest by the clock.
    pub(in crate::serve) async fn dearest(
        &self,
        hashers: &Hashers,
        kinds_max: usize,
    ) -> (HashTally, LoginCost) {
        // The clock chooses among those of most work. Somebody may have written a thousand kinds.
        let mut hashes: Vec<TalliedHash> = self.hashes.hashes().to_vec();
        let kinds = hashes.len();
        hashes.sort_by_key(|hash| std::cmp::Reverse(hash.units));
        hashes.truncate(kinds_max.saturating_mul(2));
        let mut timed = Vec::new();
        for hash in hashes {
            let one = self.only([hash.clone()].into_iter().collect());
            timed.push((
                hash.clone(),
                one.time(hashers, Turn::AtOnce).await.unwrap_or_default(),
            ));
        }
        timed.sort_by_key(|(_, time)| std::cmp::Reverse(*time));
        let left_out = kinds.saturating_sub(kinds_max);
        timed.truncate(kinds_max);
        let kept: HashTally = timed.iter().map(|(hash, _)| hash.clone()).collect();
        let rate = self.only(kept.clone()).rate(hashers).await;
        let cost = LoginCost {
            hashes: timed
                .into_iter()
                .map(|(hash, time)| (hash.to_string(), time))
                .collect(),
            left_out,
            has_beyond: false,
            rate: rate.unwrap_or(LoginRate {
                threads: hashers.size().threads,
                time: Duration::MAX,
            }),
        };
        (kept, cost)
    }

    fn needs(&self) -> HashNeeds<'static> {
        HashNeeds {
            memory_kib: self.hashes.memory_kib(),
            dear: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::Implementation;
    use crate::scheme::{Declared, hashes_of};
    use crate::secret::StoredHash;
    use crate::serve::work::hashers::PoolSize;

    fn hashers() -> Hashers {
        let size = PoolSize {
            threads: 1,
            queue: 1,
            memory_kib: 100,
            kept_kib: 0,
        };
        Hashers::start(size, Implementation::Portable).expect("threads")
    }

    fn timed(values: &[String]) -> TimedHashes {
        let mut all = HashTally::default();
        for value in values {
            let value = StoredHash::new(value.as_str());
            let own = hashes_of(&value, Declared::Auto, &Context::default());
            all.raise_to(&own.expect("a value"));
        }
        TimedHashes {
            hashes: Arc::new(all),
            site: None,
            work_max: LoginWorkMax::DEFAULT,
        }
    }

    fn block_on<T>(future: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .expect("a runtime")
            .block_on(future)
    }

    #[test]
    fn the_timing_of_rows_waits_until_nobody_is_inside() {
        let hashers = hashers();
        let timed = timed(&[format!("$2y$04${}", "A".repeat(53))]);
        block_on(async {
            let login = hashers.admit().expect("room");
            let mut timing = Box::pin(timed.time(&hashers, Turn::WhenIdle));
            let long = Duration::from_millis(100);
            assert!(tokio::time::timeout(long, &mut timing).await.is_err());
            drop(login);
            assert!(timing.await.is_some());
            // No request has asked for it.
            assert_eq!(hashers.gauges().done, 0);
        });
    }

    #[test]
    fn of_many_kinds_those_of_least_work_are_not_timed() {
        let hashers = hashers();
        let salts = 1..=9;
        let values: Vec<String> = salts
            .map(|len| format!("$5$rounds=1000${}${}", "s".repeat(len), "A".repeat(43)))
            .collect();
        let timed = timed(&values);
        assert_eq!(timed.hashes.hashes().len(), 9);
        let (kept, cost) = block_on(timed.dearest(&hashers, 2));
        assert_eq!((kept.hashes().len(), cost.left_out), (2, 7));
    }
}
