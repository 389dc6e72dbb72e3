//! Where a run stands: the counts and times from which progress is told. One thread; no locks.

use std::collections::{BTreeMap, HashMap};
use std::time::{Duration, Instant};

use super::pass_no::PassNo;
use super::rate_meter::RateMeter;
use super::throttle::throttle::ThrottlePause;
use crate::engine::event::{HeldBy, HeldTime, Progress, RunStatus};
use crate::engine::hash::pool::Hasher;
use crate::engine::scan::column::WaitCounts;
use crate::engine::stop::Signal;
use crate::store::ledger::Accounts;
use crate::store::{DatabaseWait, PageOutcome, told_wait};

/// The counts of a run, all invocations together.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct RunCounts {
    /// Of the first pass, or of the rows that were named by their keys.
    pub(crate) first: Accounts,
    pub(crate) sweeps: Accounts,
}

/// The counts of a run under way.
#[derive(Debug)]
pub(crate) struct RunProgress {
    /// All invocations together.
    pub(crate) counts: RunCounts,
    /// Rows changed in this invocation.
    pub(crate) done_now: i64,
    /// Candidates accounted for in this invocation, sweeps included.
    pub(crate) candidates_now: i64,
    /// Rows that wait for a login.
    pub(crate) waiting: i64,
    /// Rows that are kept because the proof of their column does not hold for them.
    pub(crate) uncovered: i64,
    /// Rows that wait for a login or for a deadline, by credential and rule.
    pub(crate) waits: HashMap<String, WaitCounts>,
    /// Canaries that were checked.
    pub(crate) checked: u64,
    pub(crate) page_rows_max: usize,
    pub(crate) estimate: i64,
    /// The credential at work.
    pub(crate) credential: String,
    /// Rows a minute of the other members of a joined run.
    others_per_minute: i64,
    /// The chunk that was claimed last.
    pub(crate) chunk: Option<i64>,
    pass: PassNo,
    status: RunStatus,
    reason: Option<String>,
    begun: Instant,
    hashing_since: Option<Instant>,
    last_commit: Option<Instant>,
    longest_lock: Duration,
    /// The time of all commits of this invocation.
    commit_time: Duration,
    /// For how long all threads have hashed, and the busy seconds that are in it.
    worked: (f64, f64),
    first_pass_seconds: f64,
    /// How fast it goes while it goes.
    meter: RateMeter,
    /// Since when nothing is being hashed, and the rows made until then.
    idle: (Option<Instant>, u64),
    /// What holds the run back, and since when.
    held_now: Option<(HeldBy, Instant)>,
    /// For how long it was held back before, by what.
    held: BTreeMap<HeldBy, Duration>,
    /// Time that the run had stood when the first page was read.
    stood_before: Duration,
}

/// From then on a time to go is told.
const KNOWN_AFTER: Duration = Duration::from_secs(10);

impl RunProgress {
    pub(crate) fn new(counts: RunCounts, estimate: i64, page_rows_max: usize) -> Self {
        Self {
            counts,
            done_now: 0,
            candidates_now: 0,
            waiting: 0,
            uncovered: 0,
            waits: HashMap::new(),
            checked: 0,
            page_rows_max,
            estimate,
            credential: String::new(),
            others_per_minute: 0,
            chunk: None,
            pass: PassNo::First,
            status: RunStatus::Running,
            reason: None,
            begun: Instant::now(),
            hashing_since: None,
            last_commit: None,
            longest_lock: Duration::ZERO,
            commit_time: Duration::ZERO,
            worked: (0.0, 0.0),
            first_pass_seconds: 0.0,
            meter: RateMeter::default(),
            idle: (None, 0),
            held_now: None,
            held: BTreeMap::new(),
            stood_before: Duration::ZERO,
        }
    }

    pub(crate) fn begin_pass(&mut self, pass: PassNo) {
        self.pass = pass;
        self.waiting = 0;
        self.uncovered = 0;
        self.waits.clear();
    }

    /// Takes over what the ledger says of a joined run: its counts, and the rows a minute of the
    /// other members.
    pub(crate) fn take_run(&mut self, counts: RunCounts, others_per_minute: i64) {
        self.counts = counts;
        self.others_per_minute = others_per_minute;
    }

    pub(crate) fn begin_hashing(&mut self) {
        if self.hashing_since.is_none() {
            self.hashing_since = Some(Instant::now());
            self.stood_before = self.meter.stood();
        }
    }

    pub(crate) fn count_commit(&mut self, pass: PassNo, page: &PageOutcome) {
        let accounts = &page.accounts;
        if pass.is_sweep() {
            self.counts.sweeps += *accounts;
        } else {
            self.counts.first += *accounts;
        }
        self.longest_lock = self.longest_lock.max(page.longest);
        self.commit_time += page.longest;
        self.done_now += accounts.done;
        self.candidates_now += accounts.candidates;
        let now = Instant::now();
        self.last_commit = Some(now);
        if !pass.is_sweep() {
            let stood = self.meter.stood() - self.stood_before;
            let took = self.hashing_since.map_or(Duration::ZERO, |t| now - t);
            self.first_pass_seconds = took.saturating_sub(stood).as_secs_f64();
        }
    }

    /// Something holds the run back.
    pub(crate) fn hold(&mut self, pause: ThrottlePause) {
        self.let_go(Some(pause.by));
        (self.status, self.reason) = (pause.by.status(), Some(pause.reason));
    }

    /// Adds up for how long the run was held back, where something else holds it from now on.
    fn let_go(&mut self, next: Option<HeldBy>) {
        if self.held_now.map(|(by, _)| by) == next {
            return;
        }
        let now = Instant::now();
        if let Some((by, since)) = self.held_now {
            *self.held.entry(by).or_default() += now - since;
        }
        self.held_now = next.map(|by| (by, now));
    }

    /// For how long the run was held back, by what, the longest first.
    pub(crate) fn held(&self) -> Vec<HeldTime> {
        let mut all = self.held.clone();
        if let Some((by, since)) = self.held_now {
            *all.entry(by).or_default() += since.elapsed();
        }
        let times = all.into_iter().map(|(by, time)| HeldTime {
            by,
            seconds: time.as_secs_f64(),
        });
        let mut times: Vec<HeldTime> = times.collect();
        times.sort_by(|a, b| b.seconds.total_cmp(&a.seconds));
        times
    }

    /// Looks how far the run is and whether it goes. Often: what is held or waits is taken out of
    /// the rate by these looks.
    pub(crate) fn look(&mut self, hasher: &Hasher) {
        let now = Instant::now();
        let made = self.made(hasher);
        if hasher.is_at_work() || made != self.idle.1 {
            self.idle = (None, made);
        } else {
            self.idle.0.get_or_insert(now);
        }
        let held = self.held_now.filter(|(by, _)| !by.is_steady());
        let waits = match self.status {
            RunStatus::Waiting => Some(now),
            _ => self.wait().map(|wait| wait.since),
        };
        let stands = [held.map(|(_, since)| since), waits].into_iter().flatten();
        let stands_since = stands.min().zip(self.idle.0);
        self.meter
            .look(now, made, stands_since.map(|(held, idle)| held.max(idle)));
    }

    /// Rows made in this invocation. A row whose label alone is rewritten counts when it is
    /// written.
    fn made(&self, hasher: &Hasher) -> u64 {
        hasher
            .hashed()
            .max(u64::try_from(self.done_now).unwrap_or_default())
    }

    pub(crate) fn set_status(&mut self, status: RunStatus, reason: Option<String>) {
        self.let_go(None);
        self.status = status;
        self.reason = reason;
    }

    /// What the run does now.
    pub(crate) fn status(&self, signal: Option<Signal>) -> RunStatus {
        match (signal, self.wait()) {
            (Some(_), _) => RunStatus::Stopping,
            (None, Some(_)) => RunStatus::Waiting,
            (None, None) => self.status,
        }
    }

    /// A wait that stands on the board is why nothing goes on, unless something else was said.
    fn wait(&self) -> Option<DatabaseWait> {
        match self.status {
            RunStatus::Running => told_wait(),
            _ => None,
        }
    }

    /// From the first read to the last commit of the first pass.
    pub(crate) fn hashing_seconds(&self) -> f64 {
        self.first_pass_seconds
    }

    /// The longest that a page's transaction was open, in this invocation.
    pub(crate) fn longest_lock_ms(&self) -> u64 {
        milliseconds(self.longest_lock)
    }

    /// The time of all commits of this invocation.
    pub(crate) fn commit_time(&self) -> Duration {
        self.commit_time
    }

    /// For how long all threads have hashed. What was hashed since the last look is shared among
    /// the threads of now, so a look must come before their number changes.
    pub(crate) fn work(&mut self, busy_seconds: f64, threads: usize) -> Duration {
        let (worked, seen) = self.worked;
        let new = (busy_seconds - seen).max(0.0) / threads.max(1) as f64;
        self.worked = (worked + new, busy_seconds);
        Duration::from_secs_f64(self.worked.0)
    }

    pub(crate) fn elapsed_seconds(&self) -> f64 {
        self.begun.elapsed().as_secs_f64()
    }

    pub(crate) fn event(&mut self, hasher: &Hasher, signal: Option<Signal>) -> Progress {
        self.look(hasher);
        let rate = self.meter.rate();
        let of_run = rate + self.others_per_minute as f64 / 60.0;
        let left = (self.estimate - self.counts.first.candidates).max(0);
        let known = self.meter.went() >= KNOWN_AFTER
            || (self.estimate > 0 && self.counts.first.candidates * 100 >= self.estimate);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a positive number of seconds; the cast saturates"
        )]
        let eta_seconds =
            (known && of_run > 0.0 && !self.pass.is_sweep()).then(|| (left as f64 / of_run) as u64);
        let wait = self.wait();
        Progress {
            credential: self.credential.clone(),
            pass: self.pass.number(),
            accounts: self.counts.first.into(),
            arrived: self.counts.sweeps.candidates,
            estimate: self.estimate,
            done_now: self.done_now,
            rate,
            threads: hasher.threads(),
            last_commit_ms: self.last_commit.map(|t| milliseconds(t.elapsed())),
            state: self.status(signal),
            reason: wait.map(|wait| wait.reason).or_else(|| self.reason.clone()),
            held_by: self.held_now.map(|(by, _)| by),
            held: self.held(),
            eta_seconds,
            elapsed_seconds: self.elapsed_seconds(),
            busy_seconds: hasher.busy_seconds(),
        }
    }
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use super::*;
    use crate::engine::request::ThrottleOptions;
    use crate::engine::run::throttle::signal::{Readings, ThrottleLook};
    use crate::engine::run::throttle::throttle::Throttle;

    #[test]
    fn fewer_threads_do_not_make_the_work_of_before_longer() {
        let mut progress = RunProgress::new(RunCounts::default(), 0, 1);
        let start = Instant::now();
        let look = |after: f64, worked: Duration| ThrottleLook {
            now: start + Duration::from_secs_f64(after),
            worked,
        };
        let eight_hours = 8.0 * 3_600.0;
        let options = ThrottleOptions {
            nice_ratio: Some(0.5),
            ..ThrottleOptions::default()
        };
        let mut nice = Throttle::new(&options, &Rc::default(), &Rc::new(Readings::new()));
        assert_eq!(nice.check(&look(0.0, progress.work(0.0, 8))), None);
        let worked = progress.work(8.0 * eight_hours, 8);
        assert!((worked.as_secs_f64() - eight_hours).abs() < 0.001);
        assert_eq!(nice.check(&look(2.0 * eight_hours, worked)), None);
        // One thread is left, and it hashes a page of a second: a second is slept.
        let worked = progress.work(8.0 * eight_hours + 1.0, 1);
        let now = 2.0 * eight_hours + 1.0;
        assert!(nice.check(&look(now + 0.9, worked)).is_some());
        assert_eq!(nice.check(&look(now + 1.1, worked)), None);
    }
}
