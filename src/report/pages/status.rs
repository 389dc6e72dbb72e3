//! The state of a run, as the ledger has it.

use serde::Serialize;
use serde_json::Value;

use crate::engine::AccountsJson;
use crate::report::object::{REPORT_VERSION, object};
use crate::report::parts::WaitLine;
use crate::report::text::stamp;

/// What `status` shows.
#[derive(Clone, Debug)]
pub struct StatusReport {
    /// The database's clock, in milliseconds since 1970.
    pub now_ms: i64,
    /// The run; none where the ledger has none.
    pub run: Option<RunStatusLine>,
    /// The accounts by credential and pass, in order.
    pub passes: Vec<PassLine>,
    /// The processes that work or have worked on the run.
    pub workers: Vec<WorkerStatus>,
    /// Which process holds which column now.
    pub locks: Vec<LockLine>,
    /// Rows that were quarantined, by credential and reason.
    pub quarantine: Vec<QuarantineCount>,
    /// The clocks of the deadlines.
    pub clocks: Vec<RuleClockLine>,
    /// The waiting rows, as they were counted last.
    pub waiting: Vec<WaitLine>,
    /// What was ordered by `saltern control`, the newest last.
    pub control: Vec<ControlStatus>,
}

/// An order.
#[derive(Clone, Debug, Serialize)]
pub struct ControlStatus {
    /// What.
    pub verb: &'static str,
    /// Rows a second, or threads; none for the other verbs and for "off".
    pub amount: Option<f64>,
    /// The run that it is for; none for every run.
    pub run: Option<String>,
    /// Why. May be empty.
    pub reason: String,
    /// Who gave it.
    pub who: String,
    /// When.
    pub at_ms: i64,
    /// Whether it holds now.
    pub stands: bool,
}

/// The run itself.
#[derive(Clone, Debug, Serialize)]
pub struct RunStatusLine {
    /// Its UUID.
    pub id: String,
    /// The plan's digest.
    pub digest: String,
    /// Its state in the ledger.
    pub state: &'static str,
    /// The version that began it.
    pub version: String,
    /// When it began.
    pub created_ms: i64,
    /// When it ended.
    pub finished_ms: Option<i64>,
    /// Candidates that the plan counted.
    pub estimate: i64,
    /// Why the last invocation stopped.
    pub stopped: Option<String>,
    /// The name under which many hosts have joined it.
    pub joined: Option<String>,
    /// Rows a minute, of everybody who works on it now.
    pub per_minute: i64,
    /// Seconds until the first pass is over, at that rate.
    pub seconds_left: Option<i64>,
}

/// One credential in one pass.
#[derive(Clone, Debug, Serialize)]
pub struct PassLine {
    /// The credential's name.
    pub credential: String,
    /// 0 for the first pass, above 0 the number of the sweep, below 0 for rows named by their keys.
    pub pass: i64,
    /// Chunks in all.
    pub chunks: usize,
    /// Chunks that are done.
    pub chunks_done: usize,
    /// The accounts.
    #[serde(flatten)]
    pub accounts: AccountsJson,
    /// Candidates without an outcome yet: 0 whenever no page is being written.
    pub open: i64,
    /// When its last page was committed.
    pub last_commit_ms: i64,
}

/// A process that works or has worked on the run.
#[derive(Clone, Debug, Serialize)]
pub struct WorkerStatus {
    /// Its host.
    pub host: String,
    /// Its process.
    pub pid: i64,
    /// Hashing threads.
    pub threads: i64,
    /// What it did when it was last seen; `ended` where it is known to have ended.
    pub state: String,
    /// Why.
    pub reason: String,
    /// Rows a minute.
    pub per_minute: i64,
    /// When it was last seen.
    pub seen_ms: i64,
    /// Its own name: the scheduler's number of it, or its host.
    pub worker_name: String,
    /// Whether it has ended or is silent for longer than a lease lasts.
    pub gone: bool,
    /// The chunk that it took last.
    pub chunk: Option<i64>,
    /// When it committed a page last.
    pub last_commit_ms: Option<i64>,
    /// How it ended.
    pub outcome: Option<String>,
}

/// Who holds a column.
#[derive(Clone, Debug, Serialize)]
pub struct LockLine {
    /// The column.
    pub column: String,
    /// The holder's host.
    pub host: String,
    /// The holder's process.
    pub pid: i64,
    /// The run.
    pub run: String,
    /// Milliseconds until the lease runs out.
    pub left_ms: i64,
}

/// Quarantined rows of one credential.
#[derive(Clone, Debug, Serialize)]
pub struct QuarantineCount {
    /// The credential's name.
    pub credential: String,
    /// Why.
    pub reason: String,
    /// How many.
    pub rows: i64,
}

/// A deadline's clock.
#[derive(Clone, Debug, Serialize)]
pub struct RuleClockLine {
    /// The credential's name.
    pub credential: String,
    /// The rule.
    pub rule: String,
    /// When it began.
    pub since_ms: i64,
    /// When it ends; none where the configuration does not hold the rule any more.
    pub due_ms: Option<i64>,
}

/// After this many milliseconds nothing is said of a silent worker but since when it was not heard.
/// One that reaches the database is seen every 10 s, and its lease lasts three times as long.
pub const WORKER_SILENT_MS: i64 = 30_000;

/// The object of a report.
#[derive(Serialize)]
struct StatusObject<'a> {
    v: u32,
    at: String,
    now_ms: i64,
    run: Option<&'a RunStatusLine>,
    passes: &'a [PassLine],
    workers: &'a [WorkerStatus],
    locks: &'a [LockLine],
    quarantine: &'a [QuarantineCount],
    deadlines: &'a [RuleClockLine],
    waiting: &'a [WaitLine],
    control: &'a [ControlStatus],
}

impl StatusReport {
    /// The report of a ledger that has nothing.
    pub fn nothing() -> Self {
        Self {
            now_ms: 0,
            run: None,
            passes: Vec::new(),
            workers: Vec::new(),
            locks: Vec::new(),
            quarantine: Vec::new(),
            clocks: Vec::new(),
            waiting: Vec::new(),
            control: Vec::new(),
        }
    }

    /// Works out the time to go of the run, from the counts and rates that stand in the report.
    pub fn take_time_to_go(&mut self) {
        let behind = self.behind();
        let Some(run) = &mut self.run else { return };
        let left = (run.estimate - behind).max(0);
        let is_known = run.state == "active" && run.per_minute > 0;
        run.seconds_left = is_known.then(|| left.saturating_mul(60) / run.per_minute);
    }

    /// Rows of the first pass that are accounted for.
    pub(super) fn behind(&self) -> i64 {
        let first = self.passes.iter().filter(|pass| pass.pass <= 0);
        first
            .map(|pass| {
                let a = pass.accounts;
                a.done + a.superseded + a.deleted + a.quarantined
            })
            .sum()
    }

    /// For how many milliseconds nobody has committed; none where no run is unfinished.
    pub fn silent_ms(&self) -> Option<u64> {
        let run = self.run.as_ref().filter(|run| run.state == "active")?;
        let commits = self.passes.iter().map(|pass| pass.last_commit_ms);
        let last = commits.max().unwrap_or(run.created_ms);
        u64::try_from(self.now_ms - last).ok()
    }

    /// The object for machines.
    pub fn json(&self) -> Value {
        object(&StatusObject {
            v: REPORT_VERSION,
            at: stamp(self.now_ms),
            now_ms: self.now_ms,
            run: self.run.as_ref(),
            passes: &self.passes,
            workers: &self.workers,
            locks: &self.locks,
            quarantine: &self.quarantine,
            deadlines: &self.clocks,
            waiting: &self.waiting,
            control: &self.control,
        })
    }
}
