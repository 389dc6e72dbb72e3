//! The state of a run, as the ledger has it.

use std::fmt::Write as _;

use serde::Serialize;
use serde_json::Value;

use crate::engine::AccountsJson;
use crate::report::object::{REPORT_VERSION, object};
use crate::report::parts::WaitLine;
use crate::report::table::{Align, TextTable};
use crate::report::text::{age, count, percent, safe, stamp};

/// The word for a worker that has ended.
const ENDED: &str = "ended";
/// After this many milliseconds a silent worker counts as ended. A living one is seen every 10 s,
/// and has lost its lease after three times as long.
const WORKER_SILENT_MS: i64 = 30_000;

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
    /// What it does.
    pub state: String,
    /// Why.
    pub reason: String,
    /// Rows a minute.
    pub per_minute: i64,
    /// When it was last seen.
    pub seen_ms: i64,
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
        }
    }

    /// Marks all workers as ended: no column is held, so none of them works.
    pub fn nobody_works(&mut self) {
        for worker in &mut self.workers {
            ENDED.clone_into(&mut worker.state);
            worker.reason.clear();
        }
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
        })
    }

    /// The text for people.
    pub fn text(&self) -> String {
        let Some(run) = &self.run else {
            let mut out = "the ledger holds no run yet\n".to_owned();
            self.waits(&mut out);
            return out;
        };
        let mut out = self.head(run);
        let mut table = TextTable::new(
            2,
            &[
                ("credential", Align::Left),
                ("pass", Align::Left),
                ("chunks", Align::Right),
                ("read", Align::Right),
                ("to change", Align::Right),
                ("done", Align::Right),
                ("superseded", Align::Right),
                ("deleted", Align::Right),
                ("quarantined", Align::Right),
                ("last commit", Align::Right),
            ],
        );
        for pass in &self.passes {
            let a = pass.accounts;
            table.row([
                pass.credential.clone(),
                match pass.pass {
                    0 => "first".to_owned(),
                    ..0 => "keys".to_owned(),
                    n => format!("sweep {n}"),
                },
                format!("{}/{}", pass.chunks_done, pass.chunks),
                count(a.seen),
                count(a.candidates),
                count(a.done),
                count(a.superseded),
                count(a.deleted),
                count(a.quarantined),
                if a.seen > 0 {
                    age(self.now_ms - pass.last_commit_ms)
                } else {
                    "-".to_owned()
                },
            ]);
        }
        if !table.is_empty() {
            out.push('\n');
            out.push_str(&table.render());
        }
        self.tail(&mut out);
        out
    }

    fn head(&self, run: &RunStatusLine) -> String {
        let mut out = format!("run {}: {}\n", safe(&run.id), run.state);
        let mut line = |name: &str, text: String| {
            // Writing to a string cannot fail.
            let _ = writeln!(out, "  {name:<10}{text}");
        };
        line("plan", run.digest.clone());
        line(
            "begun",
            format!(
                "{} ({}), by saltern {}",
                stamp(run.created_ms),
                age(self.now_ms - run.created_ms),
                safe(&run.version)
            ),
        );
        if let Some(ms) = run.finished_ms {
            line(
                "ended",
                format!("{} ({})", stamp(ms), age(self.now_ms - ms)),
            );
        }
        let first = self.passes.iter().filter(|pass| pass.pass <= 0);
        let behind: i64 = first
            .map(|pass| {
                pass.accounts.done
                    + pass.accounts.superseded
                    + pass.accounts.deleted
                    + pass.accounts.quarantined
            })
            .sum();
        let (behind, whole) = (
            behind.max(0).cast_unsigned(),
            run.estimate.max(0).cast_unsigned(),
        );
        let whole = whole.max(behind);
        line(
            "rows",
            format!(
                "{} of about {} ({})",
                count(behind),
                count(whole),
                percent(behind, whole)
            ),
        );
        if let Some(why) = run.stopped.as_ref().filter(|why| *why != "done") {
            line("stopped", safe(why));
        }
        out
    }

    fn tail(&self, out: &mut String) {
        // Writing to a string cannot fail.
        if !self.workers.is_empty() {
            out.push_str("\nworkers\n");
            for w in &self.workers {
                let seen = age(self.now_ms - w.seen_ms);
                if self.now_ms - w.seen_ms > WORKER_SILENT_MS || w.state == ENDED {
                    let _ = writeln!(
                        out,
                        "  {} pid {}: {ENDED}, last seen {seen}",
                        safe(&w.host),
                        w.pid
                    );
                    continue;
                }
                let why = if w.reason.is_empty() {
                    String::new()
                } else {
                    format!(" ({})", safe(&w.reason))
                };
                let _ = writeln!(
                    out,
                    "  {} pid {}: {}{why}, {} threads, {} rows a minute, seen {}",
                    safe(&w.host),
                    w.pid,
                    safe(&w.state),
                    w.threads,
                    count(w.per_minute),
                    seen
                );
            }
        }
        if !self.locks.is_empty() {
            out.push_str("\ncolumns held now\n");
            for lock in &self.locks {
                let _ = writeln!(
                    out,
                    "  {} by {} pid {} for another {} s",
                    safe(&lock.column),
                    safe(&lock.host),
                    lock.pid,
                    lock.left_ms.max(0) / 1_000
                );
            }
        }
        if !self.quarantine.is_empty() {
            out.push_str("\nquarantined\n");
            for q in &self.quarantine {
                let _ = writeln!(
                    out,
                    "  {} {}: {}",
                    safe(&q.credential),
                    safe(&q.reason),
                    count(q.rows)
                );
            }
        }
        self.waits(out);
    }

    fn waits(&self, out: &mut String) {
        if self.waiting.is_empty() {
            return;
        }
        out.push_str("\nrows that wait\n");
        for wait in &self.waiting {
            // Writing to a string cannot fail.
            let _ = writeln!(
                out,
                "  {} {}",
                safe(&wait.credential),
                wait.words(self.now_ms)
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report() -> StatusReport {
        StatusReport {
            now_ms: 1_448_496_100_000,
            run: Some(RunStatusLine {
                id: "0b7c".to_owned(),
                digest: "ab".repeat(32),
                state: "active",
                version: "0.1.0".to_owned(),
                created_ms: 1_448_496_000_000,
                finished_ms: None,
                estimate: 4_000,
                stopped: Some("max rows".to_owned()),
            }),
            passes: vec![PassLine {
                credential: "parents".to_owned(),
                pass: 0,
                chunks: 4,
                chunks_done: 1,
                accounts: AccountsJson {
                    seen: 1_200,
                    candidates: 1_000,
                    done: 990,
                    superseded: 5,
                    deleted: 1,
                    quarantined: 4,
                },
                open: 0,
                last_commit_ms: 1_448_496_099_000,
            }],
            workers: Vec::new(),
            locks: Vec::new(),
            quarantine: vec![QuarantineCount {
                credential: "parents".to_owned(),
                reason: "hot".to_owned(),
                rows: 4,
            }],
            clocks: Vec::new(),
            waiting: Vec::new(),
        }
    }

    #[test]
    fn a_run_is_shown_with_its_accounts() {
        let text = report().text();
        for part in [
            "run 0b7c: active",
            "1,000 of about 4,000 (25.0 %)",
            "first     1/4",
            "1.0 s ago",
            "parents hot: 4",
            "stopped   max rows",
        ] {
            assert!(text.contains(part), "{part} in\n{text}");
        }
    }

    #[test]
    fn a_worker_that_was_not_seen_for_long_is_not_said_to_run() {
        let worker = |seen_ms| WorkerStatus {
            host: "db1".to_owned(),
            pid: 7,
            threads: 2,
            state: "running".to_owned(),
            reason: String::new(),
            per_minute: 60,
            seen_ms,
        };
        let mut report = report();
        report.workers = vec![
            worker(report.now_ms - 5_000),
            worker(report.now_ms - 60_000),
        ];
        let text = report.text();
        assert!(
            text.contains("db1 pid 7: running, 2 threads, 60 rows a minute, seen 5.0 s ago"),
            "{text}"
        );
        assert!(
            text.contains("db1 pid 7: ended, last seen 1 min 00 s ago"),
            "{text}"
        );
        report.nobody_works();
        let text = report.text();
        assert!(
            text.contains("db1 pid 7: ended, last seen 5.0 s ago"),
            "{text}"
        );
    }

    #[test]
    fn a_ledger_without_a_run_says_so() {
        let empty = StatusReport {
            run: None,
            ..report()
        };
        assert_eq!(empty.text(), "the ledger holds no run yet\n");
        assert_eq!(empty.json()["run"], Value::Null);
    }

    #[test]
    fn the_object_has_a_version_and_flat_accounts() {
        let object = report().json();
        assert_eq!(object["v"], 1);
        assert_eq!(object["passes"][0]["done"], 990);
        assert_eq!(object["run"]["state"], "active");
    }
}
