//! Times hashes on the hashing threads: what logins cost here, for the operator's eyes.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::hashers::{HashNeeds, Hashers};
use crate::scheme::{Context, HashTally, LoginWorkMax, pay};
use crate::secret::{Password, SiteSalts};
use crate::serve::login_cost::{LoginCost, LoginRate};

/// The hashes of a login with what they are made with.
#[derive(Clone)]
pub(in crate::serve) struct TimedHashes {
    pub(in crate::serve) hashes: Arc<HashTally>,
    pub(in crate::serve) site: Option<SiteSalts>,
    pub(in crate::serve) work_max: LoginWorkMax,
}

/// How often a hash is timed after the first time. Of a slow one less is enough.
const TIMES: usize = 5;
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
    pub(in crate::serve) async fn time(&self, hashers: &Hashers) -> Option<Duration> {
        let ticket = hashers.admit()?;
        let own = self.clone();
        let work = move || {
            let once = || {
                let began = Instant::now();
                own.make();
                began.elapsed()
            };
            // The first takes memory that the others find.
            let first = once();
            let more = if first > LONG { 2 } else { TIMES };
            let mut times: Vec<Duration> = (0..more).map(|_| once()).collect();
            times.sort_unstable();
            times[times.len() / 2].min(first)
        };
        hashers.compute(&ticket, self.needs(), work).await.ok()
    }

    /// The time in which every thread makes them once, all at work.
    pub(in crate::serve) async fn rate(&self, hashers: &Hashers) -> Option<LoginRate> {
        let threads = hashers.size().threads;
        let ticket = hashers.admit()?;
        let began = Instant::now();
        let mut working: Vec<_> = (0..threads)
            .map(|_| {
                let own = self.clone();
                Box::pin(hashers.compute(&ticket, self.needs(), move || own.make()))
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
        let mut timed = Vec::new();
        for hash in self.hashes.hashes() {
            let one = self.only([hash.clone()].into_iter().collect());
            timed.push((hash.clone(), one.time(hashers).await.unwrap_or_default()));
        }
        timed.sort_by_key(|(_, time)| std::cmp::Reverse(*time));
        let left_out = timed.len().saturating_sub(kinds_max);
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
