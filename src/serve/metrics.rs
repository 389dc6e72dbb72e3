//! Counts for Prometheus, in its text format. No label holds anything that a user typed.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Everything that is counted.
#[derive(Default)]
pub(super) struct Metrics {
    /// By route and status. Both come from our own lists.
    requests: Mutex<BTreeMap<(String, u16), u64>>,
    /// The time that `/v1/login` and the Kratos hook took.
    pub(super) login_seconds: Histogram,
    pub(super) matched: Counter,
    pub(super) mismatched: Counter,
    pub(super) reset_required: Counter,
    pub(super) upgraded: Counter,
    pub(super) upgrade_lost: Counter,
    pub(super) upgrade_failed: Counter,
    /// Requests for a token, whether anybody has the login or not.
    pub(super) reset_started: Counter,
    pub(super) chosen: Counter,
    pub(super) void_token: Counter,
    pub(super) old_password: Counter,
    pub(super) known_password: Counter,
    pub(super) limited: Counter,
    pub(super) overloaded: Counter,
    pub(super) ambiguous: Counter,
    pub(super) unverifiable: Counter,
    pub(super) database_errors: Counter,
}

/// The state of the hashing threads when a page is made.
#[derive(Clone, Copy, Debug)]
pub(super) struct HasherGauges {
    /// Pieces of work done so far.
    pub(super) done: u64,
    /// Threads.
    pub(super) threads: u64,
    /// Threads that hash now.
    pub(super) busy: u64,
    /// Requests that may wait for a thread.
    pub(super) queue: u64,
    /// Requests that are served or wait.
    pub(super) inside: u64,
    /// Memory for all hashes that are being made, in KiB.
    pub(super) memory_kib: u64,
    /// Memory that is taken now, in KiB.
    pub(super) memory_in_use_kib: u64,
}

/// A count that only grows.
#[derive(Default)]
pub(super) struct Counter(AtomicU64);

/// Latencies by buckets.
#[derive(Default)]
pub(super) struct Histogram {
    buckets: [AtomicU64; BOUNDS.len()],
    count: AtomicU64,
    micros: AtomicU64,
}

/// The buckets' upper bounds in seconds: a hash takes 5 ms to 1 s, a full queue some seconds.
const BOUNDS: [f64; 11] = [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0];

impl Counter {
    pub(super) fn add(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl Histogram {
    pub(super) fn add(&self, time: Duration) {
        let seconds = time.as_secs_f64();
        for (bucket, bound) in self.buckets.iter().zip(BOUNDS) {
            if seconds <= bound {
                bucket.fetch_add(1, Ordering::Relaxed);
            }
        }
        let micros = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        self.micros.fetch_add(micros, Ordering::Relaxed);
        self.count.fetch_add(1, Ordering::Relaxed);
    }
}

impl Metrics {
    /// Counts a request that was answered.
    pub(super) fn answered(&self, route: &str, status: u16) {
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        *requests.entry((route.to_owned(), status)).or_default() += 1;
    }

    /// The whole page, in Prometheus' text format.
    pub(super) fn page(&self, hashers: HasherGauges) -> String {
        let mut page = MetricsText(String::new());
        page.head(
            "saltern_requests_total",
            "counter",
            "Requests by route and status",
        );
        let requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        for ((route, status), count) in requests.iter() {
            let labels = format!("{{route=\"{route}\",status=\"{status}\"}}");
            page.line("saltern_requests_total", &labels, count);
        }
        drop(requests);
        page.family(
            "saltern_logins_total",
            "Logins that were answered, by outcome",
            "outcome",
            &[
                ("match", &self.matched),
                ("mismatch", &self.mismatched),
                ("reset_required", &self.reset_required),
            ],
        );
        page.family(
            "saltern_upgrades_total",
            "Better hashes for passwords that were right: written, lost to another writer, or failed",
            "result",
            &[
                ("written", &self.upgraded),
                ("lost", &self.upgrade_lost),
                ("failed", &self.upgrade_failed),
            ],
        );
        page.family(
            "saltern_resets_finished_total",
            "New passwords that were chosen by a token, by outcome",
            "outcome",
            &[
                ("changed", &self.chosen),
                ("void_token", &self.void_token),
                ("old_password", &self.old_password),
                ("known_password", &self.known_password),
            ],
        );
        page.head(
            "saltern_computed_total",
            "counter",
            "Pieces of work that the hashing threads have done",
        );
        page.line("saltern_computed_total", "", hashers.done);
        for (name, about, counter) in [
            (
                "saltern_resets_started_total",
                "Tokens for new passwords that were asked for, whether somebody has the login or not",
                &self.reset_started,
            ),
            (
                "saltern_limited_total",
                "Requests refused by the limit of one login",
                &self.limited,
            ),
            (
                "saltern_overloaded_total",
                "Requests refused because the queue was full",
                &self.overloaded,
            ),
            (
                "saltern_ambiguous_logins_total",
                "Logins for which two rows were found",
                &self.ambiguous,
            ),
            (
                "saltern_unverifiable_total",
                "Stored values that could not be checked",
                &self.unverifiable,
            ),
            (
                "saltern_database_errors_total",
                "Steps that the database did not do, or not in time",
                &self.database_errors,
            ),
        ] {
            page.head(name, "counter", about);
            page.line(name, "", counter.get());
        }
        page.histogram(
            "saltern_login_seconds",
            "How long a login took",
            &self.login_seconds,
        );
        for (name, about, value) in [
            ("saltern_hash_threads", "Threads that hash", hashers.threads),
            (
                "saltern_hash_threads_busy",
                "Threads that are hashing",
                hashers.busy,
            ),
            (
                "saltern_queue_limit",
                "Requests that may wait for a thread",
                hashers.queue,
            ),
            (
                "saltern_requests_inside",
                "Requests that are served or wait",
                hashers.inside,
            ),
            (
                "saltern_hash_memory_limit_kib",
                "Memory for hashing",
                hashers.memory_kib,
            ),
            (
                "saltern_hash_memory_kib",
                "Memory that is taken for hashing",
                hashers.memory_in_use_kib,
            ),
        ] {
            page.head(name, "gauge", about);
            page.line(name, "", value);
        }
        page.0
    }
}

struct MetricsText(String);

impl MetricsText {
    fn head(&mut self, name: &str, kind: &str, about: &str) {
        // Writing to a string cannot fail.
        let _ = writeln!(self.0, "# HELP {name} {about}\n# TYPE {name} {kind}");
    }

    fn line(&mut self, name: &str, labels: &str, value: impl std::fmt::Display) {
        let _ = writeln!(self.0, "{name}{labels} {value}");
    }

    fn family(&mut self, name: &str, about: &str, label: &str, counters: &[(&str, &Counter)]) {
        self.head(name, "counter", about);
        for (value, counter) in counters {
            self.line(name, &format!("{{{label}=\"{value}\"}}"), counter.get());
        }
    }

    fn histogram(&mut self, name: &str, about: &str, histogram: &Histogram) {
        self.head(name, "histogram", about);
        for (bucket, bound) in histogram.buckets.iter().zip(BOUNDS) {
            let count = bucket.load(Ordering::Relaxed);
            self.line(
                &format!("{name}_bucket"),
                &format!("{{le=\"{bound}\"}}"),
                count,
            );
        }
        let count = histogram.count.load(Ordering::Relaxed);
        self.line(&format!("{name}_bucket"), "{le=\"+Inf\"}", count);
        let micros = Duration::from_micros(histogram.micros.load(Ordering::Relaxed));
        self.line(&format!("{name}_sum"), "", micros.as_secs_f64());
        self.line(&format!("{name}_count"), "", count);
    }
}
