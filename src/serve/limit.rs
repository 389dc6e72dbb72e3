//! How often one login may be tried: a token bucket for each, in a table of fixed size.

use std::hash::{BuildHasher, RandomState};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;
use zeroize::Zeroizing;

use crate::text::answer1;

/// How many buckets there are, of 8 bytes each. Two logins may share one; then they share its
/// burst.
const BUCKETS: usize = 1 << 16;

/// A limit by login.
pub(super) struct LoginLimits {
    buckets: Mutex<Vec<Bucket>>,
    /// It has a random key, so nobody can work out who shares a bucket.
    hasher: RandomState,
    burst: f32,
    per_second: f32,
    began: Instant,
}

/// How much of a bucket is used up, and when that was counted.
#[derive(Clone, Copy, Default)]
struct Bucket {
    used: f32,
    /// In milliseconds. They wrap around after fifty days; a bucket may then be fuller than it
    /// should be until it has drained.
    at_ms: u32,
}

impl LoginLimits {
    /// A limit of `burst` attempts at once and `more` in every span of that length; none where the
    /// burst is 0.
    pub(super) fn new(burst: u32, more: u32, every: Duration) -> Option<Self> {
        #[expect(
            clippy::cast_precision_loss,
            reason = "a limit of millions may be off by one"
        )]
        (burst > 0).then(|| Self {
            buckets: Mutex::new(vec![Bucket::default(); BUCKETS]),
            hasher: RandomState::new(),
            burst: burst as f32,
            per_second: more as f32 / every.as_secs_f32(),
            began: Instant::now(),
        })
    }

    /// Counts an attempt if this login may be tried now.
    ///
    /// # Errors
    /// The seconds until it may be tried again.
    pub(super) fn take(&self, credential: &str, login: &str) -> Result<(), u64> {
        let ms = self.began.elapsed().as_millis();
        #[expect(clippy::cast_possible_truncation, reason = "it goes round")]
        self.take_at(credential, login, ms as u32)
    }

    fn take_at(&self, credential: &str, login: &str, now_ms: u32) -> Result<(), u64> {
        let hash = self.hasher.hash_one((credential, fold(login).as_str()));
        #[expect(clippy::cast_possible_truncation, reason = "any bits of it will do")]
        let at = hash as usize % BUCKETS;
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let bucket = &mut buckets[at];
        #[expect(clippy::cast_precision_loss, reason = "fractions of a second")]
        let seconds = now_ms.wrapping_sub(bucket.at_ms) as f32 / 1000.0;
        let used = (bucket.used - seconds * self.per_second).max(0.0);
        if used + 1.0 > self.burst {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a few seconds"
            )]
            let wait = ((used + 1.0 - self.burst) / self.per_second).ceil() as u64;
            return Err(wait.max(1));
        }
        *bucket = Bucket {
            used: used + 1.0,
            at_ms: now_ms,
        };
        Ok(())
    }
}

/// One spelling for all that a database's collation may take for the same login: without case,
/// width, accents, and white space around it.
fn fold(login: &str) -> Zeroizing<String> {
    let bare: Zeroizing<String> =
        Zeroizing::new(login.nfkd().filter(|c| !is_combining_mark(*c)).collect());
    Zeroizing::new(answer1(&bare))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits() -> LoginLimits {
        LoginLimits::new(3, 6, Duration::from_secs(60)).expect("a burst")
    }

    #[test]
    fn a_burst_is_let_through_and_then_one_at_a_time() {
        let limits = limits();
        for _ in 0..3 {
            assert_eq!(limits.take_at("parents", "anna", 0), Ok(()));
        }
        assert_eq!(limits.take_at("parents", "anna", 0), Err(10));
        assert_eq!(limits.take_at("parents", "anna", 9_000), Err(1));
        assert_eq!(limits.take_at("parents", "anna", 10_000), Ok(()));
        assert_eq!(limits.take_at("parents", "anna", 10_001), Err(10));
    }

    #[test]
    fn another_login_or_credential_has_a_bucket_of_its_own() {
        let limits = limits();
        for _ in 0..4 {
            let _ = limits.take_at("parents", "anna", 0);
        }
        // One of many: any single one may share the bucket.
        let free = (0..20).filter(|n| limits.take_at("parents", &format!("bert{n}"), 0).is_ok());
        assert!(free.count() >= 19);
        assert!(limits.take_at("parents", "anna", 0).is_err());
    }

    #[test]
    fn what_a_collation_takes_for_the_same_login_shares_a_bucket() {
        for spelling in [
            "ANNA@x.org",
            " anna@x.org ",
            "Änna@x.org",
            "anna@x.org\u{200a}",
            "ａnna@x.org",
        ] {
            assert_eq!(*fold(spelling), *fold("anna@x.org"), "{spelling}");
        }
        assert_ne!(*fold("anna"), *fold("annab"));
    }

    #[test]
    fn a_burst_of_nothing_is_no_limit() {
        assert!(LoginLimits::new(0, 10, Duration::from_secs(60)).is_none());
    }
}
