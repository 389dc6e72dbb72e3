//! Where a run stands: the counts and times from which progress is told. One thread; no locks.

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

use super::pass_no::PassNo;
use crate::engine::event::{Progress, RunStatus};
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
    pass: PassNo,
    status: RunStatus,
    reason: Option<String>,
    begun: Instant,
    hashing_since: Option<Instant>,
    last_commit: Option<Instant>,
    longest_lock: Duration,
    first_pass_seconds: f64,
    /// Hashes made, with the time of the look, for the rate.
    window: VecDeque<(Instant, u64)>,
}

/// The rate is that of the last so many seconds.
const WINDOW: Duration = Duration::from_secs(15);

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
            pass: PassNo::First,
            status: RunStatus::Running,
            reason: None,
            begun: Instant::now(),
            hashing_since: None,
            last_commit: None,
            longest_lock: Duration::ZERO,
            first_pass_seconds: 0.0,
            window: VecDeque::new(),
        }
    }

    pub(crate) fn begin_pass(&mut self, pass: PassNo) {
        self.pass = pass;
        self.waiting = 0;
        self.uncovered = 0;
        self.waits.clear();
    }

    pub(crate) fn begin_hashing(&mut self) {
        self.hashing_since.get_or_insert_with(Instant::now);
    }

    pub(crate) fn count_commit(&mut self, pass: PassNo, page: &PageOutcome) {
        let accounts = &page.accounts;
        if pass.is_sweep() {
            self.counts.sweeps += *accounts;
        } else {
            self.counts.first += *accounts;
        }
        self.longest_lock = self.longest_lock.max(page.longest);
        self.done_now += accounts.done;
        self.candidates_now += accounts.candidates;
        let now = Instant::now();
        self.last_commit = Some(now);
        if !pass.is_sweep() {
            self.first_pass_seconds = self.hashing_since.map_or(0.0, |t| (now - t).as_secs_f64());
        }
    }

    pub(crate) fn set_status(&mut self, status: RunStatus, reason: Option<String>) {
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

    pub(crate) fn elapsed_seconds(&self) -> f64 {
        self.begun.elapsed().as_secs_f64()
    }

    pub(crate) fn event(&mut self, hasher: &Hasher, signal: Option<Signal>) -> Progress {
        let now = Instant::now();
        // A row whose label alone is rewritten counts when it is written.
        let hashed = hasher
            .hashed()
            .max(u64::try_from(self.done_now).unwrap_or_default());
        self.window.push_back((now, hashed));
        while self.window.len() > 2 && self.window.front().is_some_and(|(t, _)| now - *t > WINDOW) {
            self.window.pop_front();
        }
        let rate = match (self.window.front(), self.window.back()) {
            (Some((t0, h0)), Some((t1, h1))) if t1 > t0 => {
                (h1 - h0) as f64 / (*t1 - *t0).as_secs_f64()
            }
            _ => 0.0,
        };
        let left = (self.estimate - self.counts.first.candidates).max(0);
        let known = self.elapsed_seconds() >= 10.0
            || (self.estimate > 0 && self.counts.first.candidates * 100 >= self.estimate);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a positive number of seconds; the cast saturates"
        )]
        let eta_seconds =
            (known && rate > 0.0 && !self.pass.is_sweep()).then(|| (left as f64 / rate) as u64);
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
            eta_seconds,
            elapsed_seconds: self.elapsed_seconds(),
            busy_seconds: hasher.busy_seconds(),
        }
    }
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
