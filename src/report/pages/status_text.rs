//! The state of a run as text for people.

use std::fmt::Write as _;

use super::status::{RunStatusLine, StatusReport, WORKER_SILENT_MS, WorkerStatus};
use crate::engine::Ordered;
use crate::report::lines::control_line;
use crate::report::table::{Align, TextTable};
use crate::report::text::{age, count, duration, percent, safe, stamp};
use crate::store::ledger::worker::ENDED;

impl StatusReport {
    /// The text for people.
    pub fn text(&self) -> String {
        let Some(run) = &self.run else {
            let mut out = "the ledger holds no run yet\n".to_owned();
            self.orders(&mut out);
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
        let behind = self.behind();
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
        if let Some(name) = &run.joined {
            let live = self.workers.iter().filter(|w| !w.gone).count();
            line("joined as", format!("{}, members now: {live}", safe(name)));
        }
        if run.per_minute > 0 {
            let left = run.seconds_left.map_or_else(String::new, |seconds| {
                format!(", about {} to go", duration(seconds as f64))
            });
            line(
                "rate",
                format!("{} rows a minute{left}", count(run.per_minute)),
            );
        }
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
                let who = who(w);
                if w.state == ENDED {
                    let how = w
                        .outcome
                        .as_deref()
                        .map_or_else(String::new, |outcome| format!(" ({})", safe(outcome)));
                    let _ = writeln!(out, "  {who}: {ENDED}{how}, last seen {seen}");
                    continue;
                }
                if self.now_ms - w.seen_ms > WORKER_SILENT_MS {
                    // It may be alive and not reach the database.
                    let _ = writeln!(
                        out,
                        "  {who}: not heard since {} ({seen}); it was {} then",
                        stamp(w.seen_ms),
                        safe(&w.state)
                    );
                    continue;
                }
                let why = if w.reason.is_empty() {
                    String::new()
                } else {
                    format!(" ({})", safe(&w.reason))
                };
                let mut line = format!(
                    "  {who}: {}{why}, {} threads, {} rows a minute",
                    safe(&w.state),
                    w.threads,
                    count(w.per_minute),
                );
                if let Some(chunk) = w.chunk {
                    let _ = write!(line, ", chunk {chunk}");
                }
                if let Some(ms) = w.last_commit_ms {
                    let _ = write!(line, ", last commit {}", age(self.now_ms - ms));
                }
                let _ = writeln!(out, "{line}, seen {seen}");
            }
        }
        self.orders(out);
        if !self.locks.is_empty() {
            out.push_str("\ncolumns held now\n");
            for lock in &self.locks {
                let _ = writeln!(
                    out,
                    "  {} by {} for another {} s",
                    safe(&lock.column),
                    match lock.host.as_str() {
                        "" => "the members of its run".to_owned(),
                        host => format!("{} pid {}", safe(host), lock.pid),
                    },
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

    fn orders(&self, out: &mut String) {
        if self.control.is_empty() {
            return;
        }
        out.push_str("\ncontrol\n");
        for order in &self.control {
            let line = control_line(&Ordered {
                verb: order.verb,
                amount: order.amount,
                reason: order.reason.clone(),
                who: order.who.clone(),
                at_ms: order.at_ms,
            });
            let line = line.strip_prefix("control: ").unwrap_or(&line);
            let stands = if order.stands { "stands: " } else { "" };
            // Writing to a string cannot fail.
            let _ = writeln!(out, "  {stands}{line}");
        }
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

/// A worker's host and process, and its name where that says more.
fn who(w: &WorkerStatus) -> String {
    let process = format!("{} pid {}", safe(&w.host), w.pid);
    match w.worker_name == w.host || w.worker_name.is_empty() {
        true => process,
        false => format!("{} ({process})", safe(&w.worker_name)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::engine::AccountsJson;
    use crate::report::pages::status::{ControlStatus, PassLine, QuarantineCount, WorkerStatus};

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
                joined: None,
                per_minute: 0,
                seconds_left: None,
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
            control: Vec::new(),
        }
    }

    #[test]
    fn orders_are_shown_with_those_that_stand() {
        let order = |verb, stands| ControlStatus {
            verb,
            amount: None,
            run: None,
            reason: "lunch".to_owned(),
            who: "anna@db1".to_owned(),
            at_ms: 0,
            stands,
        };
        let mut report = report();
        report.control = vec![order("resume", false), order("pause", true)];
        let text = report.text();
        let shown = "\ncontrol\n  resume, by anna@db1 at 1970-01-01T00:00:00.000Z: lunch\n  \
                     stands: pause, by anna@db1 at 1970-01-01T00:00:00.000Z: lunch\n";
        assert!(text.contains(shown), "{text}");
        assert_eq!(report.json()["control"][1]["stands"], true);
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
    fn a_worker_that_is_silent_is_not_said_to_have_ended() {
        let worker = |seen_ms, state: &str| WorkerStatus {
            host: "db1".to_owned(),
            pid: 7,
            threads: 2,
            state: state.to_owned(),
            reason: String::new(),
            per_minute: 60,
            seen_ms,
            worker_name: "db1".to_owned(),
            gone: false,
            chunk: None,
            last_commit_ms: None,
            outcome: None,
        };
        let mut report = report();
        report.workers = vec![
            worker(report.now_ms - 5_000, "running"),
            worker(report.now_ms - 60_000, "running"),
            worker(report.now_ms - 5_000, ENDED),
        ];
        let text = report.text();
        for line in [
            "db1 pid 7: running, 2 threads, 60 rows a minute, seen 5.0 s ago",
            "db1 pid 7: not heard since 2015-11-26T00:00:40.000Z (1 min 00 s ago); it was running then",
            "db1 pid 7: ended, last seen 5.0 s ago",
        ] {
            assert!(text.contains(line), "{line} in\n{text}");
        }
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
